"""Starts what the platform needs on one machine: servers, web, worker; one command, nothing to install."""
