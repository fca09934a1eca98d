"""The worklist: what waits for whom."""
