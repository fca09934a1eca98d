"""Running procedures for those who look after them."""
