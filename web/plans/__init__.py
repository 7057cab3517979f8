"""The plans as documents, and the places where they disagree with themselves."""
