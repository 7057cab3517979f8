"""Tổng quan: the numbers leaders ask for, each with its list, and one page per agency."""
