"""What happens in practice: times and counts on the diagram, closed cases played against a draft."""
