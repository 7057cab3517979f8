"""Every test of pages has a world of its own, whose clock stands at noon of its day."""

from collections.abc import Callable

import pytest

from tests.make import World
from tests.visitors import SetClock, set_clock
from tests.web.reader import Reader
from tests.worlds import world, world_template
from workflow.law.facts import ActorFacts

__all__ = ["as_", "clock", "world", "world_template"]

Open = Callable[[ActorFacts | None], Reader]


@pytest.fixture
def clock(world: World) -> SetClock:
    """The clock of the world's application."""
    return set_clock(world.app, world.now)


@pytest.fixture
def as_(world: World, clock: SetClock) -> Open:
    """A reader in somebody's name, on the world's day as it is then."""

    def open_(who: ActorFacts | None) -> Reader:
        clock.at = world.now
        return Reader(world.app, who)

    return open_
