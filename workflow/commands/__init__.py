"""One file per noun, one dataclass and one handler per verb; importing this registers them all."""

from workflow.commands import cycles, results, years

__all__ = ["cycles", "results", "years"]
