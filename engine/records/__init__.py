"""Dossiers (hồ sơ công việc): the list of a year, what goes into them, closing, hand-over to the archive."""
