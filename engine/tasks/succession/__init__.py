"""When somebody leaves or moves, or a unit is merged: who takes over the work, and where later arrivals go."""
