"""Pages: one folder per blueprint, views.py and forms.py."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang everything a browser can reach on the application."""
