"""Deadlines by month, the working days, and a private feed."""
