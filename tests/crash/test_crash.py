"""A server killed under load has lost nothing it acknowledged, and has done nothing by half."""

import random
from pathlib import Path

from bench.crash import Campaign
from tests.make import World

KILLS = 3


def test_what_was_acknowledged_survives_a_kill(world: World, tmp_path: Path) -> None:
    campaign = Campaign(world.app, tmp_path, world)
    moments = random.Random(2940)

    for _ in range(KILLS):
        campaign.kill_once(moments.uniform(0.1, 0.5))

    tally = campaign.tally
    assert tally.acknowledged > KILLS * 3, "the child has hardly done anything"
    assert tally.lost == []
    assert tally.differences == []


def test_the_check_notices_an_acknowledgement_that_was_a_lie(world: World, tmp_path: Path) -> None:
    campaign = Campaign(world.app, tmp_path, world)

    campaign.check([["begin", "k1-0-1", campaign.cycles[0]], ["done", "k1-0-1", 0]])

    assert campaign.tally.lost == ["k1-0-1"]
