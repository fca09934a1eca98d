"""Copies of a document asked for: kinds that are possible, why others are not."""
