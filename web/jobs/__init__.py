"""What the clock does by itself, for the administrator."""
