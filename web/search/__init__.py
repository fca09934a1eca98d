"""Search: what is asked, what is found and where, searches people keep, results taken away."""
