"""Values of indicators: entered by who tracks them, confirmed by another, never overwritten."""

from decimal import Decimal

import pytest

from models.states import Judgement, Role, ValueKind
from reports.indicators import indicator_lines, summary
from tests.reports.conftest import House, at
from workflow.commands.indicators import ConfirmValue, EnterValue
from workflow.commands.people import AddMembership
from workflow.identity import actor_of
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import SYSTEM

WATER, JOBS = "CT-09", "CT-05"


def enter(house: House, code, year, value, who, day, kind=ValueKind.ESTIMATE, **more) -> int:
    command = EnterValue(code, year, kind, value, "Niên giám", **more)
    return int(house.do(command, who, at(day)).data["value_id"])


def line(house: House, code: str, day: str, **more):
    with house.reading() as conn:
        return next(x for x in indicator_lines(conn, SYSTEM, at(day, 23), **more) if x.code == code)


def reasons(refused) -> set[Reason]:
    return {r.reason for r in refused.value.refusals}


def test_hygienic_water_of_99_7_meets_the_task_and_not_the_target(house):
    value = enter(house, WATER, 2030, "99,7", "cv.so-nnptnt", "2030-12-10")
    house.do(ConfirmValue(value), "cv.so-ldtbxh", at("2030-12-11"))

    found = line(house, WATER, "2030-12-12")

    last = found.milestones[-1]
    assert last.assessment.judgement is Judgement.NOT_MET
    assert last.word == "Đạt mức nhiệm vụ III.6.5, chưa đạt chỉ tiêu"
    assert "MT-01" in {c["code"] for c in found.conflicts}


def test_four_thousand_six_hundred_is_written_with_a_dot(house):
    done = house.do(
        EnterValue("CT-01", 2024, ValueKind.FINAL, "4.600", "Niên giám"), "cv.so-ldtbxh",
        at("2025-05-10"),
    )  # fmt: skip

    assert done.data["value"] == "4600"
    assert done.data["ambiguous"]


def test_what_is_not_confirmed_is_not_used(house):
    value = enter(house, WATER, 2025, "99,2", "cv.so-nnptnt", "2025-12-10")

    assert line(house, WATER, "2025-12-11").values == {}
    house.do(ConfirmValue(value), "gd.so-ldtbxh", at("2025-12-12"))
    assert line(house, WATER, "2025-12-12").value(2025) == "99,2 (ước)"


def test_a_final_value_does_not_change_what_an_earlier_report_said(house):
    first = enter(house, WATER, 2025, "98,9", "cv.so-nnptnt", "2025-12-10")
    house.do(ConfirmValue(first), "gd.so-ldtbxh", at("2025-12-11"))
    second = enter(house, WATER, 2025, "99,3", "cv.so-nnptnt", "2026-05-10", ValueKind.FINAL)
    house.do(ConfirmValue(second), "gd.so-ldtbxh", at("2026-05-11"))

    then, now = (line(house, WATER, d) for d in ("2025-12-31", "2026-05-31"))

    assert then.value(2025) == "98,9 (ước)"
    assert then.milestones[0].assessment.judgement is Judgement.NOT_MET
    assert now.value(2025) == "99,3"
    assert now.milestones[0].assessment.judgement is Judgement.MET
    assert len(now.history) == 2


def test_a_correction_says_why_and_keeps_what_was(house):
    enter(house, WATER, 2025, "98,9", "cv.so-nnptnt", "2025-12-10")
    with pytest.raises(Refused) as why:
        enter(house, WATER, 2025, "98,7", "cv.so-nnptnt", "2025-12-11")
    assert reasons(why) == {Reason.MISSING}

    enter(house, WATER, 2025, "98,7", "cv.so-nnptnt", "2025-12-11", reason="Nhầm số")

    assert [v["value"] for v in line(house, WATER, "2025-12-12").history] == ["98.9", "98.7"]


def test_a_great_jump_is_asked_back(house):
    enter(house, JOBS, 2023, "20.000", "cv.so-ldtbxh", "2023-12-10")
    with pytest.raises(Refused) as why:
        enter(house, JOBS, 2024, "2.000", "cv.so-ldtbxh", "2024-12-10")
    assert reasons(why) == {Reason.JUMP}

    enter(house, JOBS, 2024, "2.000", "cv.so-ldtbxh", "2024-12-10", jump_is_meant=True)


def test_only_who_tracks_it_enters_and_never_confirms_it(house):
    with pytest.raises(Refused) as why:
        enter(house, WATER, 2025, "99", "cv.so-y-te", "2025-12-10")
    assert reasons(why) == {Reason.NOT_YOUR_AGENCY}
    value = enter(house, WATER, 2025, "99", "cv.so-nnptnt", "2025-12-10")
    with pytest.raises(Refused) as why:
        house.do(ConfirmValue(value), "gd.so-nnptnt", at("2025-12-11"))
    assert reasons(why) == {Reason.NOT_YOUR_ROLE}
    with pytest.raises(NotFound):
        house.do(ConfirmValue(value), "admin", at("2025-12-11"))


def test_what_the_standing_agency_tracks_is_confirmed_by_the_office(house):
    value = enter(house, JOBS, 2024, "20.000", "cv.so-ldtbxh", "2024-12-10")
    with pytest.raises(Refused):
        house.do(ConfirmValue(value), "gd.so-ldtbxh", at("2024-12-11"))

    house.do(ConfirmValue(value), "vp.ubnd-tinh", at("2024-12-11"))
    with pytest.raises(Refused) as why:
        house.do(ConfirmValue(value), "vp.ubnd-tinh", at("2024-12-12"))
    assert reasons(why) == {Reason.ALREADY_CONFIRMED}


def test_a_part_is_not_greater_than_the_whole(house):
    enter(house, "CT-04", 2024, "69,7", "cv.so-ldtbxh", "2024-12-10")
    with pytest.raises(Refused) as why:
        enter(house, "CT-04.1", 2024, "70", "cv.so-ldtbxh", "2024-12-10")
    assert reasons(why) == {Reason.MORE_THAN_WHOLE}


def test_all_twelve_and_the_part_stand_in_the_list(house):
    with house.reading() as conn:
        lines = indicator_lines(conn, SYSTEM, at("2024-01-01"))

    assert len([x for x in lines if not x.parent]) == 12
    assert [x.code for x in lines if x.parent] == ["CT-04.1"]
    assert summary(lines)[Judgement.NOT_ENOUGH] == 12
    assert lines[1].needs_baseline == 2020
    assert lines[0].milestones[0].target.near == Decimal(4600)


# (whose indicator, who entered, who would confirm, his second post)
HATS = [
    (WATER, "cv.so-nnptnt", "cv.so-ldtbxh", ("so-nnptnt", Role.OFFICER)),
    (JOBS, "cv.so-ldtbxh", "vp.ubnd-tinh", ("so-ldtbxh", Role.OFFICER)),
]


@pytest.mark.parametrize(("code", "owner", "who", "post"), HATS)
def test_nobody_confirms_a_value_of_an_agency_of_his_own(house, code, owner, who, post):
    """A colleague's entry is the agency's: a second post must not be the way around it."""
    value = enter(house, code, 2024, "99", owner, "2024-12-10")
    person = house.actors[who].person_id
    house.do(AddMembership(person, *post, at("2024-01-02").date()), "system", at("2024-12-10"))
    with house.reading() as conn:
        house.actors[who] = actor_of(conn, person, at("2024-12-11").date())

    with pytest.raises(Refused) as why:
        house.do(ConfirmValue(value), who, at("2024-12-11"))

    assert reasons(why) == {Reason.NOT_YOUR_ROLE}


def test_the_administrator_enters_no_value_whatever_he_has_given_himself(house):
    person = house.actors["admin"].person_id
    post = AddMembership(person, "so-nnptnt", Role.OFFICER, at("2024-01-02").date())
    house.do(post, "system", at("2024-12-10"))
    with house.reading() as conn:
        house.actors["admin"] = actor_of(conn, person, at("2024-12-11").date())

    with pytest.raises(Refused) as why:
        enter(house, WATER, 2024, "99", "admin", "2024-12-11")

    assert reasons(why) == {Reason.NOT_YOUR_AGENCY}
