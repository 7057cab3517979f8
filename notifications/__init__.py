"""Telling people: from what has happened and what is due to a line under the bell and a mail."""
