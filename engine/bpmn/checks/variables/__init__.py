"""What is known of the variables at every place of a diagram: whether they are set, and what they can be."""
