"""Copies of an installation to go back to (SYS-5.d–g): made, checked, pruned, brought back."""
