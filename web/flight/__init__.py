"""Cases in flight: what a new version means for them, moving them, following it, taking it back."""
