"""Letters to people by the agency's mail server, and word to open pages that something has changed."""
