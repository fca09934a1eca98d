"""Moving running cases to another version: what would happen, the move itself, and taking it back."""
