"""How to do the usual things."""
