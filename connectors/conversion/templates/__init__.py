"""Templates of documents as Word files: the standard ones made here, those of an agency checked, both filled in."""
