"""The registers of incoming and outgoing documents."""
