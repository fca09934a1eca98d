"""Procedures in the browser: the list, the editor, drafts that save themselves, import and export."""
