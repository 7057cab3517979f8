"""A small plan with people in every post, a calendar and a ladder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.make import CO_LEAD, LEAD, OTHER, SINCE, STANDING, SUPPORTING, World, noon, settle
from workflow.commands.calendar import SeedCalendar
from workflow.commands.ladder import SeedLadders
from workflow.law.facts import SYSTEM


def staff(world: World) -> World:
    """Everybody the ladder may want to tell."""
    world.do(SeedCalendar(), SYSTEM, now=noon(SINCE))
    world.do(SeedLadders(), SYSTEM, now=noon(SINCE))
    for agency in (LEAD, CO_LEAD, SUPPORTING, OTHER, STANDING):
        world.head(agency)
        world.officer(agency)
    assert world.office
    assert world.chairman
    return world


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    return staff(settle(app, tmp_path))


@pytest.fixture
def make_world(app: Flask, tmp_path: Path) -> Callable[..., World]:
    return lambda **options: staff(settle(app, tmp_path, **options))
