"""Outages of the system: notices, what comes next, what was entered afterwards, the report."""
