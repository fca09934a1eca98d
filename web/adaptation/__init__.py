"""Screen: how an agency adapts a procedure, and takes over a new base."""
