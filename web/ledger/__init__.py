"""The log to outsiders, and the page that verifies it."""
