"""Packages of whole dossiers: made, read back, every difference told."""
