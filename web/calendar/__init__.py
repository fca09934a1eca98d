"""The office calendar: hours by season, days unlike their weekday, and what a change does to deadlines."""
