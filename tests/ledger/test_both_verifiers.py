"""Both, verify.py and verify.html, are of one mind about every receipt and bundle, good or bad."""

import base64
import json
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from ledger import bundle, issue, keys, verify
from ledger.checkpoint import verify as verify_note
from ledger.service import Ledger
from ledger.source import database
from models.states import CycleState
from tests.ledger.bundles import export, rewrite_body, rewrite_line
from tests.ledger.conftest import SIGNER
from tests.ledger.receipts import PAGE, by_page, by_python, mutated, offline_page
from tests.ledger.scene import Told, as_superuser, few, taken_back
from tests.ledger.tampering import CLASSES, is_found, take_out
from tests.ledger.test_checkpoint import make_receipt
from tests.ledger.test_service import break_in
from tests.make import World
from workflow.commands.ledger import OpenEpoch, TakeExport
from workflow.law.facts import SYSTEM

CASES = 2000
OF_A_CLASS = 2  # of tampering
OF_ANOTHER_SHAPE = 40
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


def look_by_page(
    page: Page, path: Path, outside: list[str], key: str, accepted: list[int]
) -> dict[str, Any]:
    """The page's answer; the code and sentence of what it refuses to read."""
    found: dict[str, Any] = page.evaluate(
        """async ([data, outside, key, accepted]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            try {
                return await dondoc.verifyBundle(bytes, [dondoc.Key(key)], outside, accepted);
            } catch (e) {
                if (!(e instanceof dondoc.Bad)) throw e;
                return { refused: [e.code, e.message] };
            }
        }""",
        [
            base64.b64encode(path.read_bytes()).decode(),
            outside,
            key,
            [str(number) for number in accepted],
        ],
    )
    return found


def both(
    page: Page, path: Path, outside: list[str], key: str = KEY, accepted: Sequence[int] = ()
) -> dict[str, Any]:
    """What the two say of a bundle, which must be the same."""
    by_page = look_by_page(page, path, outside, key, list(accepted))
    by_python: dict[str, Any]
    try:
        source = verify.open_source(path)
        by_python = verify.Verifier(source, [verify.Key(key)], outside, accepted=accepted).run()
    except verify.Bad as problem:
        by_python = {"refused": [problem.code, problem.message]}
    if "refused" in by_page or "refused" in by_python:
        assert by_page == by_python
        return {"ok": False, "checks": [], **by_page}
    for mine, other in zip(by_python["checks"], by_page["checks"], strict=True):
        for part in ("name", "ok", "first_bad", "code", "skipped"):
            assert mine[part] == other[part], f"{verify.say(by_python)}\n{by_page}"
    for part in ("size", "unsealed", "notices"):
        assert by_python[part] == by_page[part]
    return by_python


def exported(log: Ledger, path: Path) -> Path:
    with database(log.engine) as source, path.open("wb") as file:
        bundle.write(file, source, log.key_lines(), {})
    return path


def changed(path: Path, **parts: str | None) -> Path:
    """The zip with some of its parts written anew, or left out; `__` stands for a slash."""
    named = {name.replace("__", "/") + ".ndjson": part for name, part in parts.items()}
    named |= {"manifest.json": parts["manifest"]} if "manifest" in parts else {}
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(target, "w") as made:
        for name in whole.namelist():
            content = named.get(name, whole.read(name))
            if content is not None:
                made.writestr(name, content)
    return target


def test_both_call_the_log_of_the_real_plan_well(
    plan_app: Flask, offline: Page, tmp_path: Path
) -> None:
    """Its indicators hold 2.0 where a browser would write 2."""
    services = plan_app.extensions["dondoc"]
    settings = services.settings
    log = Ledger(services.engine, settings.home, settings.files, services.clock.now)
    keys.save(log.folder, SIGNER)
    log.sealer.seal()
    path = exported(log, tmp_path / "goi.zip")
    with zipfile.ZipFile(path) as zipped:
        assert "2.0" in zipped.read("tables/indicator.ndjson").decode()

    assert both(offline, path, [])["ok"]


def test_both_say_what_is_missing_in_a_bundle(
    world: World, log: Ledger, offline: Page, tmp_path: Path
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    log.sealer.seal()
    path = exported(log, tmp_path / "goi.zip")
    with zipfile.ZipFile(path) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))

    def without(**what: Any) -> Path:
        return changed(path, manifest=json.dumps(manifest | what))

    fewer = both(offline, without(tables=["agency"]), [])
    assert {c["code"] for c in fewer["checks"]} == {None, "state.gone"}
    none = both(offline, without(tables=[]), [])
    assert [c["name"] for c in none["checks"] if c["skipped"]] == ["state", "attachments"]
    assert verify.conclusion(none) == "đúng ở 5 phép kiểm; 2 phép chưa kiểm được."
    assert both(offline, without(documents={}), [])["ok"] is False
    for content in (None, ""):
        refused = both(offline, changed(path, tables__report=content), [])
        assert refused["refused"][0] == "bundle.missing"


def test_a_receipt_after_a_new_key_is_proved_by_the_published_one(
    world: World, log: Ledger, offline: Page
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    log.sealer.seal()
    for reason in ("Hết hạn dùng", "Người giữ khóa nghỉ việc"):
        assert log.rotate(world.door, reason)
    with world.engine.connect() as conn:
        made = issue.receipt(conn, 3)
    assert made is not None
    text = made.render()
    assert by_python([text], KEY) == by_page(offline, [text], KEY) == [3]
    assert verify_note(made.note, SIGNER.public).size > 3
    # The words of the old keys are what leads to the new one: without them it leads nowhere.
    lines = text.split("\n")
    dice = random.Random(7)
    wrong = ["\n".join(line for line in lines if line != told) for told in lines[-3:-1]]
    wrong += [mutated(text, dice) for _ in range(100)]
    assert set(by_python(wrong, KEY)) == set(by_page(offline, wrong, KEY)) == {None}


def forged_epoch(world: World, log: Ledger, folder: Path) -> list[str]:
    """All is numbered and signed anew with the stolen key, as after a restore of nothing."""
    outside = log.outside()
    break_in(
        world,
        *(f"DELETE FROM {table}" for table in ("ledger_place", "ledger_tile", "ledger_checkpoint")),
    )
    thief = Ledger(log.engine, folder, log.files, lambda: world.now)
    keys.save(thief.folder, SIGNER)
    world.do(OpenEpoch(2, outside[-1], (), 0, "Hỏng ổ đĩa", "1/BB"), SYSTEM)
    thief.sealer.start_epoch(2, None)
    assert thief.sealer.seal()
    return outside


def test_an_epoch_excuses_only_for_who_knows_of_it(
    world: World, log: Ledger, offline: Page, tmp_path: Path
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    log.sealer.seal()
    outside = forged_epoch(world, log, tmp_path / "thief")
    path = exported(log, tmp_path / "goi.zip")

    found = both(offline, path, outside)

    assert [(c["name"], c["code"]) for c in found["checks"] if not c["ok"]] == [
        ("checkpoints", "checkpoints.lost")
    ]
    known = both(offline, path, outside, accepted=[2])
    assert (known["ok"], len(known["notices"])) == (True, 1)


@pytest.mark.parametrize(
    ("epoch", "kept", "lost"),
    [(3, 0, 0), (2, 10_000, 0), (2, 0, 1)],
    ids=["not the next one", "keeps what is not there", "a head nobody signed"],
)
def test_an_epoch_must_follow_from_what_was_kept(
    world: World, log: Ledger, offline: Page, tmp_path: Path, epoch: int, kept: int, lost: int
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    sealed = log.sealer.seal()
    assert sealed is not None
    note = sealed.note.replace(f"\n{sealed.checkpoint.size}\n", f"\n{10_000 + lost}\n", lost)
    world.do(OpenEpoch(epoch, note, (), kept, "Hỏng ổ đĩa", "1/BB"), SYSTEM)
    log.sealer.seal()

    found = both(offline, exported(log, tmp_path / "goi.zip"), [], accepted=[2, 3])
    assert "state.epoch" in [c["code"] for c in found["checks"]]


def test_a_log_of_days_without_any_head_is_not_well(
    world: World, log: Ledger, offline: Page, tmp_path: Path
) -> None:
    keys.save(log.folder, SIGNER)
    world.bring(world.cycle(), CycleState.REPORTED)
    path = exported(log, tmp_path / "goi.zip")
    assert both(offline, path, [])["ok"]  # of one hour: the sealer may be about to begin
    tomorrow = world.now + timedelta(days=1)
    world.door.perform(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM, tomorrow)

    found = both(offline, exported(log, tmp_path / "goi.zip"), [])
    assert [c["code"] for c in found["checks"] if not c["ok"]] == ["checkpoints.none"]


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


@pytest.mark.parametrize("name", CLASSES)
def test_both_find_the_same_of_whoever_has_every_right(
    told_briefly: Told, offline: Page, tmp_path: Path, name: str
) -> None:
    """A bundle exported from a database in which somebody did what he liked."""
    path = tmp_path / "goi.zip"
    with as_superuser(told_briefly) as (su, source):
        for case in range(few(told_briefly, OF_A_CLASS, 1)):
            with taken_back(su):
                harm = CLASSES[name](su, random.Random(f"{name} {case}"))
                export(path, source, KEY)
            assert is_found(harm, both(offline, path, list(told_briefly.kept)))


def test_both_find_the_same_when_a_row_has_lost_its_last_entry(
    told_briefly: Told, offline: Page, tmp_path: Path
) -> None:
    """The row then differs from an older entry, which is not to blame."""
    path = tmp_path / "goi.zip"
    with as_superuser(told_briefly) as (su, source), taken_back(su):
        last = su.one(
            "SELECT max(p.position) FROM ledger_place p JOIN audit_entry a ON a.uid = p.entry_uid "
            "WHERE a.command = 'accept' AND NOT EXISTS (SELECT 1 FROM audit_entry later WHERE "
            "later.object_kind = 'cycle' AND later.object_id = a.object_id AND later.id > a.id)"
        )
        harm = take_out(su, last)
        export(path, source, KEY)

    found = both(offline, path, list(told_briefly.kept))
    assert is_found(harm, found)
    assert {c["name"]: c["first_bad"] for c in found["checks"] if not c["ok"]}["state"] is None


def test_both_say_the_same_of_a_body_of_another_shape(
    told_briefly: Told, offline: Page, tmp_path: Path
) -> None:
    """Somebody with the key has signed it: only what it holds can tell."""
    path = tmp_path / "goi.zip"
    with as_superuser(told_briefly) as (su, source):
        for case in range(few(told_briefly, OF_ANOTHER_SHAPE, 5)):
            with taken_back(su):
                rewrite_body(su, SIGNER, random.Random(case))
                export(path, source, KEY)
            both(offline, path, [])


def test_both_say_the_same_of_a_line_of_another_shape(
    told_briefly: Told, offline: Page, tmp_path: Path
) -> None:
    """They refuse the bundle in the same words where it is not written like one."""
    with as_superuser(told_briefly) as (_, source):
        whole = export(tmp_path / "goi.zip", source, KEY)
    refused = 0
    for case in range(few(told_briefly, OF_ANOTHER_SHAPE, 15)):
        path = rewrite_line(whole, tmp_path / "sua.zip", random.Random(case))
        found = both(offline, path, list(told_briefly.kept))
        refused += found.get("refused", [""])[0] == "bundle.malformed"
    assert refused


def test_a_column_that_was_left_out_of_a_bundle_is_missed(
    told_briefly: Told, offline: Page, tmp_path: Path
) -> None:
    """What nobody can compare is not well."""
    with as_superuser(told_briefly) as (_, source):
        whole = export(tmp_path / "goi.zip", source, KEY)
    with zipfile.ZipFile(whole) as zipped:
        told = zipped.read("tables/cycle.ndjson").decode().split("\n")[:-1]
    rows = [json.loads(line) for line in told]
    at = rows[0].index("state")
    without = "".join(json.dumps(row[:at] + row[at + 1 :]) + "\n" for row in rows)

    found = both(offline, changed(whole, tables__cycle=without), list(told_briefly.kept))

    assert [c["code"] for c in found["checks"] if not c["ok"]] == ["state.gone"]


def test_the_law_in_the_page_is_the_law_in_the_program(offline: Page) -> None:
    page = PAGE.read_text("utf-8")
    written = re.search(r"const MOVES = (\{.*?\n  \});", page, re.S)
    excused = re.search(r"const NOT_EVIDENCE = (\[.*?\]);", page, re.S)
    shape = re.search(r"const SHAPE = (\{.*?\n  \});", page, re.S)
    assert written is not None
    assert excused is not None
    assert shape is not None
    assert offline.evaluate(f"({shape[1]})") == verify.SHAPE
    assert offline.evaluate(excused[1]) == list(verify.NOT_EVIDENCE)
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
