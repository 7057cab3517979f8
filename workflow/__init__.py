"""What may happen, and the one door through which it happens."""
