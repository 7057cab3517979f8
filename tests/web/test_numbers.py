"""Numbers and days in addresses: none that anybody can type breaks a page."""

import pytest
from werkzeug.routing import IntegerConverter

from models.states import Role
from tests.make import INSPECTORATE, STANDING, World
from tests.visitors import SetClock, visit
from tests.web.endpoints import endpoints
from web.numbers import GREATEST

HUGE = 99999999999999999999999
NAMES = ("year", "page", "before", "at", "edit", "task", "age", "soon", "tour", "template")
NUMBERS = (str(HUGE), str(GREATEST), "0", "-1", "٣")
DAYS = ("0001-01-01", "9999-12-31", "2200-12-31", "1900-01-01")


def numbered(world: World) -> dict[str, list[str]]:
    """The names of the numbers in each rule."""
    return {
        f"{rule.endpoint} {rule.rule}": names
        for rule in world.app.url_map.iter_rules()
        if (names := [n for n, c in rule._converters.items() if isinstance(c, IntegerConverter)])
    }


def test_no_number_in_an_address_is_longer_than_a_key(world: World, clock: SetClock) -> None:
    names = {name for found in numbered(world).values() for name in found}
    assert {"cycle_id", "task_id", "entry_id", "plan_id", "year"} <= names
    visitor = visit(world, world.judge)
    with_numbers = {one.path for one in endpoints(world.app, "GET", **dict.fromkeys(names, HUGE))}
    with_numbers = {path for path in with_numbers if str(HUGE) in path}
    assert len(with_numbers) > 30

    answers = {path: visitor.get(path).status_code for path in with_numbers}

    assert {path: status for path, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("value", [GREATEST, 10000, 0])
def test_the_greatest_number_there_can_be_breaks_no_page(
    world: World, clock: SetClock, value: int
) -> None:
    names = {name for found in numbered(world).values() for name in found}
    visitor = visit(world, world.judge)

    answers = {
        one.path: visitor.get(one.path).status_code
        for one in endpoints(world.app, "GET", **dict.fromkeys(names, value))
    }

    assert {path: status for path, status in answers.items() if status == 500} == {}


@pytest.mark.parametrize("who", ["judge", "office", "inspector", "admin"])
def test_no_number_and_no_day_after_the_question_mark_breaks_a_page(
    world: World, clock: SetClock, who: str
) -> None:
    people = {
        "judge": world.judge,
        "office": world.office,
        "inspector": world.person(Role.INSPECTOR, INSPECTORATE),
        "admin": world.person(Role.ADMIN, STANDING),
    }
    visitor = visit(world, people[who])
    questions = [dict.fromkeys(NAMES, value) for value in NUMBERS]
    questions += [
        dict.fromkeys(("from", "to", "on", "at", "day"), day) | {"month": day[:7]} for day in DAYS
    ]
    questions += [{"from": DAYS[0], "to": DAYS[1]}]
    broken = []
    for path in sorted({one.path for one in endpoints(world.app, "GET")}):
        first = visitor.get(path).status_code
        # What is closed to this person asks nothing of the address.
        for question in questions if first not in (303, 403, 404) else ():
            answer = visitor.get(path, query_string=question)
            if answer.status_code >= 500:
                broken.append((path, question, answer.status_code))

    assert broken == []
