"""One file per noun, one dataclass and one handler per verb; importing this registers them all."""

from workflow.commands import clock, cycles, people, results, years

__all__ = ["clock", "cycles", "people", "results", "years"]
