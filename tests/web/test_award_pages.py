"""The pages of a campaign: what was not taken stands in the form it was typed into."""

import pytest
from sqlalchemy import select

from models.states import CampaignKind
from models.tables import AWARD_CRITERION
from tests.make import STANDING, World
from tests.web.conftest import Open
from workflow.commands.awards import OpenCampaign


@pytest.fixture
def campaign(world: World) -> int:
    opening = OpenCampaign(world.plan, CampaignKind.YEARLY, 2026, 2026)
    return int(world.do(opening, world.head(STANDING)).object_id or 0)


def test_minutes_that_were_not_taken_stand_in_their_own_form(
    world: World, as_: Open, campaign: int
) -> None:
    path = f"/awards/{campaign}/minutes"

    page = as_(world.head(STANDING)).post(path, {"chair": "Bà Chủ trì", "members": "x"}, 422)

    typed = page.form(path)
    assert (typed["chair"], typed["members"]) == ("Bà Chủ trì", "x")
    assert any("số thành viên" in error.lower() for error in page.errors)


def test_a_criterion_that_was_not_taken_stands_open_as_it_was_typed(
    world: World, as_: Open, campaign: int
) -> None:
    with world.engine.connect() as conn:
        criterion = conn.execute(select(AWARD_CRITERION.c.id).limit(1)).scalar_one()
    path = f"/awards/{campaign}/criteria/{criterion}"

    page = as_(world.head(STANDING)).post(path, {"bound": "chín mươi", "basis": ""}, 422)

    assert page.form(path)["bound"] == "chín mươi"
    assert page.errors
