"""The bell: what one has been told, and how one wants to be told."""
