"""The first five steps: for somebody new, in his words, until he has seen enough of them."""

import pytest
from flask import session
from sqlalchemy import func, select

from models.states import Role
from models.tables import AUDIT_ENTRY
from tests.make import CO_LEAD, INSPECTORATE, LEAD, STANDING, UBND, World
from tests.web.conftest import Open
from tests.web.reader import Page
from web.touring import STEPS, WAYS
from workflow.commands.views import FinishTour


def panel(page: Page) -> str | None:
    """What the step says; None when there is none."""
    found = page.all("section", aria_labelledby="tour-title")
    return " ".join("".join(found[0].itertext()).split()) if found else None


def test_it_is_shown_once_and_never_by_itself_again(world: World, as_: Open) -> None:
    reader = as_(world.officer(LEAD))

    first = reader.get("/inbox")
    seen = [panel(first)]
    for number in range(2, STEPS + 1):
        (here,) = [
            h for h in reader.get(f"/inbox?tour={number - 1}").links if h.endswith(f"tour={number}")
        ]
        seen.append(panel(reader.get(here)))
    assert [said and said.split()[:2] for said in seen] == [
        ["Bước", f"{n}/5"] for n in range(1, STEPS + 1)
    ]
    assert panel(reader.get("/inbox")), "who has only looked is still new"

    page = reader.follow("/inbox/tour", first.form("/inbox/tour"))

    assert panel(page) is None
    assert panel(as_(world.officer(LEAD)).get("/inbox")) is None, "on no other device either"
    assert panel(as_(world.head(LEAD)).get("/inbox")), "others see theirs"


def test_it_opens_again_from_the_question_mark(world: World, as_: Open) -> None:
    world.do(FinishTour(), world.head(LEAD))
    reader = as_(world.head(LEAD))
    (box,) = [d for d in reader.get("/tasks").all("div") if "dd-guidance" in (d.get("class") or "")]
    hrefs = [a.get("href", "") for a in box.iter() if a.get("href")]

    assert "/inbox?tour=1" in hrefs
    said = panel(reader.get("/inbox?tour=5"))
    assert said is not None
    assert "Xong" in said
    assert "Tiếp" not in said


def test_there_is_no_other_step_and_ending_it_twice_is_one_entry(world: World, as_: Open) -> None:
    reader = as_(world.head(LEAD))
    for _time in range(2):
        reader.post("/inbox/tour")

    for asked in ("0", "6", "-1", "x", "1x", "9" * 40):
        assert panel(reader.get(f"/inbox?tour={asked}")) is None
    with world.engine.connect() as conn:
        entries = select(func.count()).where(AUDIT_ENTRY.c.command == "finish_tour")
        assert conn.execute(entries).scalar_one() == 1


def test_everybody_has_five_steps_that_lead_where_he_may_go(world: World, as_: Open) -> None:
    people = {
        "head": world.head(LEAD),
        "officer": world.officer(CO_LEAD),
        "judge": world.judge,
        "office": world.office,
        "chairman": world.person(Role.CHAIRMAN, UBND),
        "inspector": world.person(Role.INSPECTOR, INSPECTORATE),
        "appraiser": world.person(Role.AWARD_APPRAISER, UBND),
        "budget": world.person(Role.BUDGET_OFFICER, UBND),
        "admin": world.person(Role.ADMIN, STANDING),
    }
    said: dict[str, set[str]] = {}
    for who, actor in people.items():
        reader = as_(actor)
        for number in range(1, STEPS + 1):
            page = reader.get(f"/inbox?tour={number}")
            said.setdefault(panel(page) or "", set()).add(who)
            (section,) = page.all("section", aria_labelledby="tour-title")
            for link in section.iter():
                if link.get("href"):
                    reader.get(link.get("href", ""))

    own = {who for words, those in said.items() if len(those) == 1 for who in those}
    assert own == people.keys(), "each has steps of his own"
    assert set(WAYS) == set(Role) - {Role.SYSTEM}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_step_is_short(world: World, language: str) -> None:
    with world.app.test_request_context():
        session["language"] = language
        for steps in WAYS.values():
            assert len(steps) == STEPS
            for step in steps:
                assert len(step.title().split()) <= 12
                assert 12 <= len(step.text().split()) <= 60, step.text()
