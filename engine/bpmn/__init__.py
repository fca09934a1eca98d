"""The BPMN core: a diagram and a packed state in, what is wanted next out; no database, clock or network."""
