"""Running procedures: start, complete, advance, timers, messages, incidents."""
