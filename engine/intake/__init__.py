"""Taking in paper: scans, what their text proposes, old encodings, duplicates, kept registration forms."""
