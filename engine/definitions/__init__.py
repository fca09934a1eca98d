"""Procedures as versions: shipped, adapted by agencies, published, pinned."""
