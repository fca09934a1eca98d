"""What is wrong or left over in running cases: written down, corrected, ended."""
