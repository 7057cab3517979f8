"""The ladder of what is late, and urging many at once."""
