"""Registers, follow-up books, slips and stamps as paper wants them (ND30 PL IV, PL V); forms and rows are pure."""
