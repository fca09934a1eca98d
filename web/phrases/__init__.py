"""Mẫu ý kiến: phrases kept, shared, and put into a form by keyboard."""
