"""The story is possible, whole, and the same everywhere."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from cli.database import prepare
from config import Settings
from demo.roster import people
from demo.story import empty_but_for_the_plan, load
from models.states import CycleState
from models.tables import AGENCY, AUDIT_ENTRY, CYCLE, MESSAGE, PERSON
from tests.conftest import application, copied, settings_for
from tests.engines import wanted
from tests.notifications.post_office import open_office
from workflow import canonical

ENGINES = wanted()


@pytest.fixture
def engine(story_app: Flask) -> object:
    return story_app.extensions["dondoc"].engine


def test_everybody_of_the_plan_has_an_account(engine) -> None:
    with engine.connect() as conn:
        agencies = list(conn.execute(select(AGENCY)).mappings())
        logins = set(conn.execute(select(PERSON.c.login)).scalars())

    assert len(agencies) == 51
    assert {p.login for p in people(agencies)} | {"admin"} == logins
    assert {"gd.so-xay-dung", "cv.so-ldtbxh", "gd.ubnd-huyen-phu-quy"} <= logins
    assert {"vp.ubnd-tinh", "ct.ubnd-tinh", "ttv.thanh-tra-tinh"} <= logins


def test_nobody_in_the_story_has_a_colleague_of_the_same_name_and_post(engine) -> None:
    with engine.connect() as conn:
        twins = conn.execute(
            select(PERSON.c.name, PERSON.c.post)
            .group_by(PERSON.c.name, PERSON.c.post)
            .having(func.count() > 1)
        ).all()

    assert twins == []


@pytest.mark.parametrize(
    "command",
    [
        "accept", "answer_decline", "appraise", "ask_explanation", "ask_extension", "ask_support",
        "assign", "attach_file", "complete", "contribute", "decide_extension", "decline",
        "end", "explain", "extend_late", "flag", "hold", "load_plan", "lower_flag", "note_silence",
        "number_letter", "report", "resume", "return", "rule_conflict", "save_draft",
        "set_deadline", "transfer", "update_progress", "urge", "verify", "withdraw",
    ],
)  # fmt: skip
def test_at_least_one_of_everything_happens(engine, command: str) -> None:
    with engine.connect() as conn:
        n = conn.execute(
            select(func.count()).select_from(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == command)
        ).scalar_one()

    assert n > 0


def test_the_first_year_is_mostly_completed_with_some_late_and_returned(engine) -> None:
    with engine.connect() as conn:
        rows = list(conn.execute(select(CYCLE).where(CYCLE.c.year == 2023)).mappings())

    done = [r for r in rows if r["state"] == CycleState.COMPLETED]
    assert len(rows) == 474
    assert len(done) / len(rows) > 0.9
    assert 10 < sum(1 for r in rows if r["late_days"]) < 80
    assert 10 < sum(1 for r in rows if r["return_count"]) < 80
    assert any(r["state"] == CycleState.ASSIGNED for r in rows)


def test_every_entry_is_canonical_and_carries_its_hash(engine) -> None:
    with engine.connect() as conn:
        rows = conn.execute(select(AUDIT_ENTRY.c.body, AUDIT_ENTRY.c.leaf_hash)).all()

    assert all(canonical.leaf_hash(body) == digest for body, digest in rows)


def fingerprint(engine) -> list[tuple[str, ...]]:
    """What the story says about cycles, without anything a database chooses."""
    chosen = {"id", "report_id", "submitted_by_id", "appraised_by_id"}
    columns = [c for c in CYCLE.c if c.name not in chosen]
    order = (CYCLE.c.task_id, CYCLE.c.agency_id, CYCLE.c.kind, CYCLE.c.year)
    with engine.connect() as conn:
        rows = conn.execute(select(*columns).order_by(*order)).all()
    return [tuple(str(value) for value in row) for row in rows]


def test_the_story_is_the_same_on_every_engine(both_engines, tmp_path) -> None:
    told = []
    for name in ENGINES:
        databases = both_engines[name]
        databases.template("schema", lambda url: prepare(settings_for(tmp_path / "schema", url)))
        with copied(databases, "schema", tmp_path / name) as settings:
            load(settings, date(2023, 8, 31), "mat-khau-cua-kiem-thu", lambda _: None)
            with application(settings) as app:
                told.append(fingerprint(app.extensions["dondoc"].engine))

    assert len(told[0]) == 477
    assert all(other == told[0] for other in told)


def test_a_database_with_a_story_takes_no_other(engine) -> None:
    assert not empty_but_for_the_plan(engine)


@pytest.fixture
def own_copy(both_engines, story_app, tmp_path) -> Iterator[Settings]:
    """The story in a database that a test may change."""
    with copied(both_engines["sqlite"], "story", tmp_path / "home") as settings:
        yield settings


def ticked(settings: Settings) -> dict[str, int]:
    with application(settings) as app, app.app_context():
        done = app.test_cli_runner().invoke(args=["jobs", "tick", "--on", "2024-02-15", "--json"])
    assert done.exit_code == 0, done.output
    said: dict[str, int] = json.loads(done.stdout)
    return said


def test_everybody_of_the_story_has_an_address_nobody_owns(engine) -> None:
    with engine.connect() as conn:
        rows = conn.execute(select(PERSON.c.login, PERSON.c.email)).all()
    addresses = {row.login: row.email for row in rows}

    assert addresses == {login: f"{login}@dondoc.example" for login in addresses}


def test_the_story_writes_to_its_people(own_copy: Settings) -> None:
    with open_office() as office:
        posting = replace(own_copy, smtp_url=office.url)
        said = ticked(posting)
        again = ticked(posting)

    assert said["created"] > 0
    assert said["sent"] == len(office.taken) == len(set(office.ids())) > 20
    assert all("@dondoc.example" in mail["To"] for mail in office.taken)
    assert (again["created"], again["sent"]) == (0, 0)


def test_without_a_mail_server_nobody_is_called_and_every_mail_is_kept(
    own_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*_: object, **__: object) -> None:
        raise AssertionError("somebody was called")

    monkeypatch.setattr("socket.create_connection", call)
    said = ticked(own_copy)

    with application(own_copy) as app, app.extensions["dondoc"].engine.connect() as conn:
        kept = conn.execute(select(func.count()).select_from(MESSAGE)).scalar_one()
    assert said["sent"] == 0
    assert kept > 20
