"""Reports as tables of words and figures, the same on the screen, in files taken away and in files made on schedule."""
