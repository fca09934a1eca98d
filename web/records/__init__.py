"""Dossiers: the list of the year, one dossier, filing a document, prints and packages."""
