"""Whether the system lives and is ready, for machines."""
