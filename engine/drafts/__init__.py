"""Drafts of outgoing documents: versions and their comparison, templates, the check of form and layout."""
