"""Scanned paper: pages joined and shown, printed Vietnamese recognised with Tesseract."""
