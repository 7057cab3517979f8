"""The register of tasks and their cycles."""
