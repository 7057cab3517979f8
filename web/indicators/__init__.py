"""Chỉ tiêu: targets, values by year, verdicts; entering and confirming."""
