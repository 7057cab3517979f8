"""Every race has a world of its own."""

from tests.worlds import world, world_template

__all__ = ["world", "world_template"]
