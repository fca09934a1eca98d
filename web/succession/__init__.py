"""When somebody leaves, moves, or a unit is merged: choose receivers, look through, hand over, print minutes."""
