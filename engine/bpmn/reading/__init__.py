"""From the bytes of a BPMN file to a `Diagram`, and what in it can't be run."""

from engine.bpmn.reading.diagram import MAX_BYTES, MAX_DEPTH, read, read_xml

__all__ = ["MAX_BYTES", "MAX_DEPTH", "read", "read_xml"]
