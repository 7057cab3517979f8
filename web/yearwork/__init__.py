"""Việc của năm: an agency's own plan, its budget, its yearly report."""
