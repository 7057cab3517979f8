"""Every test of the log has a world of its own, and a sealer with a key of its own."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import keys
from ledger.checkpoint import Signer
from ledger.sealer import Sealer
from ledger.service import Ledger
from tests import engines
from tests.conftest import application, copied, settings_for
from tests.ledger import scene
from tests.make import World
from tests.worlds import world, world_template

__all__ = ["world", "world_template"]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer("example.com/dondoc/test", KEY)
LONG, SHORT = 180, 9  # acts told in the middle of a story


@pytest.fixture
def sealer(world: World, tmp_path: Path) -> Sealer:
    """The sealer of the world, before its first seal."""
    return sealer_of(world, tmp_path / "ledger")


def sealer_of(world: World, folder: Path) -> Sealer:
    keys.save(folder, SIGNER)
    return Sealer(world.engine, folder, lambda: world.now)


@pytest.fixture
def log(world: World) -> Ledger:
    """The log of the world as the application uses it, with a key."""
    services = world.app.extensions["dondoc"]
    settings = services.settings
    made = Ledger(services.engine, settings.home, settings.files, lambda: world.now)
    keys.save(made.folder, SIGNER)
    return made


@pytest.fixture(scope="session")
def told_templates(
    databases: engines.Databases, world_template: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, str]:
    """Worlds in which something has happened and been sealed, by the length of the story."""

    def fill(url: str, steps: int) -> None:
        folder = tmp_path_factory.mktemp("told")
        with application(settings_for(folder, url)) as app:
            world = World(app)
            scene.tell_a_story(world, sealer_of(world, folder / "ledger"), steps)

    for steps in (LONG, SHORT):
        name = f"told-{steps}"
        databases.template(name, partial(fill, steps=steps), base=world_template)
    return {steps: f"told-{steps}" for steps in (LONG, SHORT)}


@pytest.fixture(scope="module")
def told(
    databases: engines.Databases,
    told_templates: dict[int, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[scene.Told]:
    """The told log for all tests of a module: what they do to it they take back."""
    with (
        copied(databases, told_templates[LONG], tmp_path_factory.mktemp("home")) as settings,
        application(settings) as app,
    ):
        yield scene.told(World(app), settings.files)


@pytest.fixture(scope="module")
def told_briefly(
    databases: engines.Databases,
    told_templates: dict[int, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[scene.Told]:
    """A log without a whole tile: to look at it costs a third."""
    with (
        copied(databases, told_templates[SHORT], tmp_path_factory.mktemp("home")) as settings,
        application(settings) as app,
    ):
        yield scene.told(World(app), settings.files)
