"""What happens in practice: times and counts per element, and closed cases played against another version."""
