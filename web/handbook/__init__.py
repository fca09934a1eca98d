"""Sổ tay: a page of plain words for every screen, and every procedure drawn with the clauses it carries out."""
