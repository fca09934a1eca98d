"""The frame every page stands in: navigation, words, icons, headers."""
