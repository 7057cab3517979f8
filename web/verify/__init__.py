"""The queue of reports that wait for a verdict."""
