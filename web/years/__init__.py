"""Opening a year of a plan: what would be opened, then opening it."""
