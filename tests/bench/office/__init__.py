"""`./vanthu bench office`: fifty people at work over a million documents, beside the same over ten thousand."""
