"""Bundles in which something is of another shape: for both verifiers to be of one mind about."""

import hashlib
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger import bundle, verify
from ledger.checkpoint import Signer
from tests.ledger.tampering import Superuser

# What no program should trip over, and what programs read differently.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 2.0, -0.0, 10**15, 10**17, [], [1], {}, {"a": 1}),
    *("", "x", "é", "e\u0301", "\x00", "\u2028", "\ud800", "__proto__", "constructor"),
    *("assigned", "in_progress", "sha256:00", verify.SECRET),
)
NAMES = ("x", "__proto__", "constructor", "state", "id", "before", "after", "9", "10")


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from _places(value[key], (*path, key))


def of_another_shape(value: Any, dice: random.Random) -> Any:
    """The JSON value with one thing left out, put in, or made something else."""
    value = json.loads(json.dumps(value))
    *path, last = dice.choice([*_places(value)])
    within = value
    for key in path:
        within = within[key]
    what = dice.randrange(5)
    if what == 0:
        del within[last]
    elif what == 1 and isinstance(within, dict):
        within[dice.choice(NAMES)] = dice.choice(VALUES)
    elif what == 1:
        within.insert(last, dice.choice(VALUES))
    elif what == 2 and isinstance(within[last], int):
        is_truth = isinstance(within[last], bool)
        within[last] = int(within[last]) if is_truth else bool(within[last])
    else:
        within[last] = dice.choice(VALUES)
    return value


def export(path: Path, source: verify.Source, key: str) -> Path:
    with path.open("wb") as file:
        bundle.write(file, source, [key], {}, with_files=True)
    return path


def rewrite_body(su: Superuser, signer: Signer, dice: random.Random) -> None:
    """A body of another shape, hashed and signed as if it were the true one."""
    position = dice.randrange(su.size)
    body = of_another_shape(su.body(position), dice)
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = text.replace("\ud800", "\ufffd")  # no database takes it, and PostgreSQL no zero
    text = text.replace("\\u0000", "\\u0001")
    su.run(
        "UPDATE audit_entry SET body = :b, leaf_hash = :h WHERE uid = :u",
        b=text,
        h=hashlib.sha256(b"\x00" + text.encode()).hexdigest(),
        u=su.uid(position),
    )
    su.retile()
    su.resign(signer)


def rewrite_line(path: Path, target: Path, dice: random.Random) -> Path:
    """The bundle with one line of it, or its manifest, of another shape."""
    with zipfile.ZipFile(path) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    lines_in = [n for n in parts if n.endswith(".ndjson") and parts[n]]
    name = dice.choice([*lines_in, "manifest.json", "entries.ndjson", "checkpoints.ndjson"])
    if name == "manifest.json":
        parts[name] = json.dumps(of_another_shape(json.loads(parts[name]), dice)).encode()
    else:
        lines = parts[name].decode().split("\n")[:-1]
        at = dice.randrange(len(lines))
        lines[at] = json.dumps(of_another_shape(json.loads(lines[at]), dice))
        parts[name] = "".join(f"{line}\n" for line in lines).encode()
    with zipfile.ZipFile(target, "w") as zipped:
        for part, data in parts.items():
            zipped.writestr(part, data)
    return target
