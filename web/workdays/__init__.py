"""Keeping the calendar: which days differ from their weekday, when the system was down."""
