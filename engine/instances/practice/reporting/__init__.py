"""Reports: what was done in time, what came and went electronically; counted in SQL, never a word of content."""
