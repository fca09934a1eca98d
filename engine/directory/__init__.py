"""Agencies, units, posts, people, roles, stand-ins, calendars: who may do what, and when the office is open."""
