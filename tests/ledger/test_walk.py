"""Whatever is sent through HTTP, after each request the entries add up to the tables."""

from pathlib import Path

from bench.walk import live, scene_of, verified
from ledger import verify
from tests.make import World


def test_after_every_request_the_entries_add_up_to_the_tables(world: World, tmp_path: Path) -> None:
    scene = scene_of(world)

    live(scene, lives=5, steps=30)

    # The walk has been somewhere: acts done, refused, looked for, and forms that were not right.
    assert len(scene.done) > 12, scene.done
    assert {303, 409, 422} <= set(scene.answers), scene.answers
    found = verified(scene, tmp_path)
    assert found["ok"], verify.say(found)
