"""Changes of rights that wait for a second person."""
