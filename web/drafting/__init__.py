"""Drafts of outgoing documents: versions and their comparison, the check of form and layout, templates."""
