"""Time in running procedures: what diagrams may ask of the office calendar, and why a deadline is what it is."""
