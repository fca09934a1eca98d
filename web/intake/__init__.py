"""Taking in documents: scans with what their pages propose, several at once, typed by hand, kept forms."""
