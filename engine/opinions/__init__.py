"""Opinions asked in parallel: rounds, who is asked, what they say, how it was received, the summary."""
