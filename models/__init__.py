"""What the system remembers: nouns, and nothing that decides."""
