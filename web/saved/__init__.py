"""Lists as somebody likes to see them, under names of his own."""
