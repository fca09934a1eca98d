"""Documents: lists, the page of one, new ones, their files."""
