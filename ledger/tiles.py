"""Tiles: the tree's hashes in blocks of 256, as c2sp.org/tlog-tiles lays them out.

Only whole tiles are kept; the ragged right edge of each level is worked out from the level below.
"""

import re
from collections.abc import Callable, Sequence

from ledger.tree import Nodes, node_hash

WIDTH = 256
HEIGHT = 8  # levels of the tree in one tile
# The hashes of leaves from `start` on, at most `count` of them.
Leaves = Callable[[int, int], Sequence[bytes]]
# A whole stored tile by level and index.
Stored = Callable[[int, int], bytes]


def path(level: int, index: int, width: int = WIDTH) -> str:
    """tile/0/x001/x234/067, with .p/70 when it is not whole."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.append(f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/" + "/".join(reversed(parts)) + partial


_PATH = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")


def parse_path(text: str) -> tuple[int, int, int] | None:
    """Level, index and width of a path below tile/; None when it is not the path of a tile."""
    found = _PATH.fullmatch(text)
    if not found:
        return None
    level, width = int(found[1]), int(found[3] or WIDTH)
    index = int(found[2].replace("x", "").replace("/", ""))
    again = path(level, index, width).removeprefix("tile/")
    return (level, index, width) if again == text and level < HEIGHT else None


def reduce(hashes: Sequence[bytes]) -> bytes:
    """The root of a whole tile, or of any complete subtree in one."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def cut(tile: bytes) -> list[bytes]:
    """The hashes of a tile's bytes."""
    return [tile[i : i + 32] for i in range(0, len(tile), 32)]


class Store:
    """The tree's nodes out of stored tiles and leaves; what was read is remembered."""

    def __init__(self, stored: Stored, leaves: Leaves, size: int) -> None:
        self._stored, self._leaves, self.size = stored, leaves, size
        self._seen: dict[tuple[int, int], list[bytes]] = {}

    def tile(self, level: int, index: int) -> list[bytes]:
        """A tile as wide as the tree now allows."""
        wide = min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)
        if wide <= 0:
            raise KeyError((level, index))
        if (level, index) not in self._seen:
            if wide == WIDTH:
                hashes = cut(self._stored(level, index))
            elif level == 0:
                hashes = list(self._leaves(index * WIDTH, wide))
            else:
                below = range(index * WIDTH, index * WIDTH + wide)
                hashes = [reduce(self.tile(level - 1, i)) for i in below]
            if len(hashes) != wide:
                raise KeyError((level, index))
            self._seen[level, index] = hashes
        return self._seen[level, index]

    @property
    def nodes(self) -> Nodes:
        def node(level: int, index: int) -> bytes:
            tile_level, within = divmod(level, HEIGHT)
            start, count = index << within, 1 << within
            tile, offset = divmod(start, WIDTH)
            if tile_level and count == 1 and self.size >> HEIGHT * tile_level <= start:
                raise KeyError((level, index))
            return reduce(self.tile(tile_level, tile)[offset : offset + count])

        return node
