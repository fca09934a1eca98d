"""Searching documents: their words, how people ask for them, searches they keep, results taken away."""
