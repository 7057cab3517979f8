"""T-04: verify.py and verify.html are of one mind about every receipt and bundle, good or bad."""

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from ledger import bundle, issue, verify
from ledger.service import Ledger
from ledger.source import database
from models.states import CycleState
from tests.ledger.conftest import SIGNER
from tests.ledger.receipts import PAGE, by_page, by_python, mutated, offline_page
from tests.ledger.scene import Told
from tests.ledger.test_checkpoint import make_receipt
from tests.make import World

CASES = 2000
KEY = str(SIGNER.public)


@pytest.fixture(scope="module")
def offline(chromium: Browser) -> Iterator[Page]:
    with offline_page(chromium) as page:
        yield page


def test_no_mutated_receipt_is_accepted_by_either(world: World, log: Ledger, offline: Page) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    sealed = log.sealer.seal()
    assert sealed is not None
    with world.engine.connect() as conn:
        good = [issue.receipt(conn, n) for n in (0, 1, sealed.checkpoint.size - 1)]
    texts = [r.render() for r in good if r]
    assert (
        by_python(texts, KEY) == by_page(offline, texts, KEY) == [0, 1, sealed.checkpoint.size - 1]
    )
    dice = random.Random(2940)
    cases = CASES if world.engine.dialect.name == "sqlite" else 50
    wrong = [mutated(texts[n % 2 + 1], dice) for n in range(cases)]

    found = by_python(wrong, KEY)

    assert found == by_page(offline, wrong, KEY)
    assert set(found) == {None}


def test_both_read_the_same_of_other_logs(offline: Page) -> None:
    """Receipts of trees of every shape; their bodies are no entries, and both say so."""
    texts = [make_receipt(i, n) for n in (1, 2, 3, 5, 8, 13) for i in range(n)]
    assert set(by_python(texts, KEY)) == set(by_page(offline, texts, KEY)) == {None}


def look_by_page(page: Page, path: Path, outside: list[str], key: str = KEY) -> dict[str, Any]:
    import base64

    found: dict[str, Any] = page.evaluate(
        """async ([data, outside, key]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            return dondoc.verifyBundle(bytes, [dondoc.Key(key)], outside);
        }""",
        [base64.b64encode(path.read_bytes()).decode(), outside, key],
    )
    return found


def both(page: Page, path: Path, outside: list[str]) -> dict[str, Any]:
    """What the two say of a bundle, which must be the same."""
    by_page = look_by_page(page, path, outside)
    source = verify.open_source(path)
    by_python = verify.Verifier(source, [verify.Key(KEY)], outside).run()
    for mine, other in zip(by_python["checks"], by_page["checks"], strict=True):
        assert (mine["name"], mine["ok"], mine["first_bad"]) == (
            other["name"],
            other["ok"],
            other["first_bad"],
        ), f"{verify.say(by_python)}\n{by_page}"
    assert by_python["size"] == by_page["size"]
    return by_python


def test_both_find_the_same_in_a_bundle(told: Told, offline: Page, tmp_path: Path) -> None:
    engine, kept = told.world.engine, list(told.kept)
    whole = tmp_path / "goi.zip"
    with database(engine, told.files) as source, whole.open("wb") as file:
        bundle.write(file, source, [KEY], {}, with_files=True)
    assert both(offline, whole, kept)["ok"]
    with zipfile.ZipFile(whole) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    dice = random.Random(9)
    harmed = [
        n
        for n in sorted(parts)
        if n in ("entries.ndjson", "checkpoints.ndjson", "tiles.ndjson", "tables/cycle.ndjson")
    ]
    for case in range(12 if engine.dialect.name == "sqlite" else 3):
        name = harmed[case % len(harmed)]
        lines = parts[name].decode().split("\n")[:-1]
        # The first line of a table names its columns.
        at = dice.randrange(name.startswith("tables"), len(lines))
        if case % 3 == 0:
            del lines[at]
        elif case % 3 == 1:
            lines[at] = lines[at].replace("so-", "xo-", 1).replace("0", "1", 1)
        else:
            lines.insert(at, lines[dice.randrange(name.startswith("tables"), len(lines))])
        target = tmp_path / "harmed.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
            for part, data in parts.items():
                changed = "".join(f"{x}\n" for x in lines).encode() if part == name else data
                zipped.writestr(part, changed)
        is_found = not both(offline, target, kept)["ok"]
        # Heads are known outside as well, and tiles can be worked out: losing one harms nothing.
        assert is_found or name in ("checkpoints.ndjson", "tiles.ndjson")


def test_the_law_in_the_page_is_the_law_in_the_program(offline: Page) -> None:
    import json
    import re

    written = re.search(r"const MOVES = (\{.*?\n  \});", PAGE.read_text("utf-8"), re.S)
    assert written is not None
    moves = offline.evaluate("(" + written[1] + ")")
    assert moves == json.loads(json.dumps({k: [list(a), b] for k, (a, b) in verify.MOVES.items()}))


def test_a_person_drops_a_receipt_and_reads_the_verdict(
    world: World, log: Ledger, offline: Page, tmp_path: Path
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    log.sealer.seal()
    with world.engine.connect() as conn:
        made = issue.receipt(conn, 3)
    assert made is not None
    path = tmp_path / "dondoc-3.tlog-proof"
    path.write_text(made.render(), encoding="utf-8", newline="")

    offline.get_by_label("Dòng khóa công khai").fill(KEY)
    offline.get_by_label("Biên nhận").set_input_files(path)
    offline.get_by_text("ĐÚNG: mục này nằm trong nhật ký").wait_for()

    path = tmp_path / "sua.tlog-proof"
    path.write_text(made.render().replace("index 3", "index 2"), encoding="utf-8", newline="")
    offline.get_by_label("Biên nhận").set_input_files(path)
    offline.get_by_text("KHÔNG ĐÚNG: Nội dung không nằm trong nhật ký").wait_for()
