"""Rules of law: what they want, in which clause, and where one is set aside."""
