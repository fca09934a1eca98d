"""Benchmarks: run by `./vanthu bench`, never asserted in timed tests."""
