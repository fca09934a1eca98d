"""Opinions asked about a document: live counts, urging, the summary."""
