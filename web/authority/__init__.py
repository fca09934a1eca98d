"""Who signs by authorisation (TUQ), and the levels of approval a draft passes; for the agency's admin."""
