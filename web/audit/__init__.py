"""The log, read as somebody."""
