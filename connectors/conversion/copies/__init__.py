"""Copies of documents as pages: the whole, some pages, or an excerpt laid out anew; the foot of a copy on paper."""
