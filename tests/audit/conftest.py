"""Every test of the log has a world of its own, whose clock stands at noon of its day."""

import pytest

from tests.make import World
from tests.visitors import SetClock, set_clock
from tests.worlds import world, world_template

__all__ = ["clock", "world", "world_template"]


@pytest.fixture
def clock(world: World) -> SetClock:
    """The clock of the world's application."""
    return set_clock(world.app, world.now)
