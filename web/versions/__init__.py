"""Screen: versions of procedures, compared, published, retired."""
