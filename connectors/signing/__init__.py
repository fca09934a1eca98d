"""Digital signatures on PDF: the person's, the agency's, on annexes; and checking those of others."""
