"""Whatever is done to the log with every right in the database is found."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger import verify
from tests.ledger.conftest import SIGNER
from tests.ledger.scene import Told, as_superuser, campaign, few, look, remembering, taken_back
from tests.ledger.tampering import CLASSES, Superuser, is_found, take_out
from workflow.canonical import leaf_hash

KEY = str(SIGNER.public)
# Of each of the fourteen classes: 1,008 in all; `bench tamper` runs ten times as many.
CASES, CASES_BRIEF = 6, 66


def test_an_untouched_log_is_well(told: Told) -> None:
    with as_superuser(told) as (_, source):
        found = look(source, told.kept, KEY)

    assert found["ok"], verify.say(found)
    assert not any(c["skipped"] for c in found["checks"])
    assert (found["size"] > 256, found["unsealed"]) == (True, 3)


def test_every_class_of_tampering_is_found_every_time(told: Told, told_briefly: Told) -> None:
    assert len(CLASSES) * (CASES + CASES_BRIEF) > 1000

    missed = campaign(told, KEY, few(told, CASES, 2))
    missed += campaign(told_briefly, KEY, few(told, CASES_BRIEF, 2))

    assert not missed, "\n\n".join(missed)


def test_whichever_entry_is_taken_out_the_stretch_it_stood_in_is_named(told_briefly: Told) -> None:
    """Also where it was the last one about its row, which then differs from an older entry."""
    missed = []
    with remembering(), as_superuser(told_briefly) as (su, source):
        size = su.size
        for position in range(0, size, few(told_briefly, 1, 4)):
            with taken_back(su):
                harm = take_out(su, position)
                found = look(source, told_briefly.kept, KEY)
            if not is_found(harm, found):
                missed.append(f"{harm}\n{verify.say(found)}")

    assert not missed, "\n\n".join(missed)


# --- each of the seven checks is needed -------------------------------------------------------

Alone = Callable[[Superuser, Path], None]


def first_called_minus_one(su: Superuser, _: Path) -> None:
    """The order stays, so does every hash: only the number of the first entry is no number."""
    su.run("UPDATE ledger_place SET position = -1 WHERE position = 0")


def a_leaf_hash(su: Superuser, _: Path) -> None:
    CLASSES["leaf_bit"](su, random.Random(1))


def a_fresh_body_written_another_way(su: Superuser, _: Path) -> None:
    """Not sealed yet, hashed again, and to be read in two ways: `reason` stands there twice."""
    uid, body = su.all("SELECT uid, body FROM audit_entry ORDER BY id DESC LIMIT 1")[0]
    twice = '{"reason":"Vì lẽ khác",' + body[1:]
    assert json.loads(twice) == json.loads(body)
    su.run(
        "UPDATE audit_entry SET body = :b, leaf_hash = :h WHERE uid = :u",
        b=twice,
        h=leaf_hash(twice),
        u=uid,
    )


def a_name_in_the_list(su: Superuser, _: Path) -> None:
    su.run("UPDATE audit_entry SET actor_name = 'Người khác' WHERE uid = :u", u=su.uid(40))


def a_state(su: Superuser, _: Path) -> None:
    CLASSES["state_edit"](su, random.Random(1))


def an_attachment(_: Superuser, files: Path) -> None:
    (file,) = files.glob("??/*")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))


def a_history_made_anew(su: Superuser, _: Path) -> None:
    CLASSES["rewrite"](su, random.Random(1))


ALONE: dict[str, Alone] = {
    "numbering": first_called_minus_one,
    "leaf_hash": a_leaf_hash,
    "canonical": a_fresh_body_written_another_way,
    "columns": a_name_in_the_list,
    "state": a_state,
    "attachments": an_attachment,
    "checkpoints": a_history_made_anew,
}


@pytest.mark.parametrize("check", verify.CHECKS)
def test_without_this_check_something_would_be_missed(
    told_briefly: Told, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One tampering for each check that only this check finds."""
    (file,) = told_briefly.files.glob("??/*")
    whole = file.read_bytes()
    with as_superuser(told_briefly) as (su, source), taken_back(su):
        ALONE[check](su, told_briefly.files)
        found = look(source, told_briefly.kept, KEY)
        turn_off(check, monkeypatch)
        blind = look(source, told_briefly.kept, KEY)
    file.write_bytes(whole)

    assert check in [c["name"] for c in found["checks"] if not c["ok"]], verify.say(found)
    assert blind["ok"], verify.say(blind)


def turn_off(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if verify.py did not make this check."""
    said = verify.Findings.bad

    def bad(self: verify.Findings, name: str, *what: Any) -> None:
        if name != check:
            said(self, name, *what)

    monkeypatch.setattr(verify.Findings, "bad", bad)
    if check == "canonical":  # what is not canonical is not read any further, either
        monkeypatch.setattr(verify, "parse_body", json.loads)


Lie = Callable[[dict[str, Any]], Any]
LIES: dict[str, tuple[Lie, str]] = {
    "an act that does not lead there": (lambda b: b.update(command="report"), "state.illegal"),
    "an act the law does not know": (lambda b: b.update(command="hasten"), "state.illegal"),
    "about something else": (lambda b: b["object"].update(kind="plan"), "state.illegal"),
    "from another state": (lambda b: b.update({"from": "verified"}), "state.walk"),
    "to another state": (lambda b: b.update(command="flag", to="assigned"), "state.walk"),
    "of another version": (lambda b: b["object"].update(version_before=7), "state.version"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_step_against_the_law_is_found_though_every_row_adds_up(
    told_briefly: Told, lie: str
) -> None:
    """With the key, so that no hash and no head is wrong: only the walk of the cycle tells."""
    change, code = LIES[lie]
    with as_superuser(told_briefly) as (su, source), taken_back(su):
        where = "SELECT p.position FROM ledger_place p JOIN audit_entry a ON a.uid = p.entry_uid "
        position = int(su.one(where + "WHERE a.command = 'accept' ORDER BY 1 LIMIT 1"))
        body = su.body(position)
        change(body)
        su.write(position, body)
        su.retile()
        su.resign(SIGNER)
        found = look(source, [], KEY)

    bad = [(c["name"], c["code"], c["first_bad"]) for c in found["checks"] if not c["ok"]]
    assert bad == [("state", code, position)]


# --- the sealer's key is stolen ---------------------------------------------------------------


def rewritten_by_a_thief(told: Told, outside: list[str], cases: int) -> int:
    """How many of so many rewrites with the stolen key are found."""
    found = 0
    with remembering(), as_superuser(told) as (su, source):
        for case in range(cases):
            with taken_back(su):
                CLASSES["rewrite"](su, random.Random(case))
                su.resign(SIGNER)
                found += not look(source, outside, KEY)["ok"]
    return found


def test_a_stolen_key_is_betrayed_by_one_copy_outside(told_briefly: Told) -> None:
    cases = few(told_briefly, 100, 5)
    assert rewritten_by_a_thief(told_briefly, list(told_briefly.kept[-1:]), cases) == cases


def test_a_stolen_key_without_any_copy_is_not_found(told_briefly: Told) -> None:
    """Said openly in docs/ledger.md: who has everything can rewrite everything."""
    assert rewritten_by_a_thief(told_briefly, [], 5) == 0
