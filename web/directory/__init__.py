"""People, units, stand-ins and signing in."""
