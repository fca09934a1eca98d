"""What people are told: whom an occasion concerns, by which channel and when, and what of it has been read."""
