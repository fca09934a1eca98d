"""Screen: scenarios of a draft, recorded by playing it, run, and drawn as coverage."""
