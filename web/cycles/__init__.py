"""One cycle, everything that can be done to it, and its report."""
