"""Copies of documents (sao y, sao lục, trích sao): which are possible, asked for, made, given out (ND30-25)."""
