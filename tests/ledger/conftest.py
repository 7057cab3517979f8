"""Every test of the log has a world of its own, and a sealer with a key of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import keys
from ledger.checkpoint import Signer
from ledger.sealer import Sealer
from tests.make import World
from tests.worlds import world, world_template

__all__ = ["world", "world_template"]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer("example.com/dondoc/test", KEY)


@pytest.fixture
def sealer(world: World, tmp_path: Path) -> Sealer:
    """The sealer of the world, before its first seal."""
    return sealer_of(world, tmp_path / "ledger")


def sealer_of(world: World, folder: Path) -> Sealer:
    keys.save(folder, SIGNER)
    return Sealer(world.engine, folder, lambda: world.now)


Act = Callable[[World], None]
