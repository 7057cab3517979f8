"""The way of a commendation, its conflicts of interest, and papers that refuse to lie."""

from dataclasses import replace

import pytest

from models.states import (
    LABELS,
    AwardForm,
    CampaignKind,
    Capacity,
    NominationState,
    NomineeKind,
    Role,
)
from reports import catalogue
from reports.awards import campaign_row, candidates, criteria, kept_facts, nominations
from reports.catalogue import Asked
from reports.papers.paper import Para, Table
from tests.reports.conftest import PLAN_CODE, House, at, paper
from workflow.commands.awards import (
    ChangeCriterion,
    Nominate,
    OpenCampaign,
    RecordMinutes,
    TakeStep,
)
from workflow.commands.people import AddMembership
from workflow.identity import actor_of
from workflow.law.awards import Step
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import SYSTEM


def reasons(refused) -> set[Reason]:
    return {r.reason for r in refused.value.refusals}


@pytest.fixture
def year(diligent: House) -> House:
    return diligent


def campaign(house: House) -> int:
    command = OpenCampaign(PLAN_CODE, CampaignKind.YEARLY, 2025, 2025)
    return int(house.do(command, "gd.so-ldtbxh", at("2026-01-05")).object_id or 0)


def known(house: House, campaign_id: int, day: str = "2026-01-06"):
    with house.reading() as conn:
        row = campaign_row(conn, SYSTEM, campaign_id)
        return {c.code: c for c in candidates(conn, row, at(day))}


def nominate(
    house: House, campaign_id: int, who="gd.so-ldtbxh", kind=NomineeKind.COLLECTIVE, **more
):
    facts = known(house, campaign_id)["so-y-te"].plain()
    command = Nominate(
        campaign_id, kind, "so-y-te", "Hoàn thành tốt", AwardForm.CERTIFICATE, facts,
        at("2026-01-06"), **more,
    )  # fmt: skip
    return int(house.do(command, who, at("2026-01-06")).object_id or 0)


def step(house: House, nomination_id: int, what: Step, who: str, day="2026-01-10", **more):
    return house.do(TakeStep(nomination_id, what, **more), who, at(day))


def state(house: House, campaign_id: int, nomination_id: int) -> str:
    with house.reading() as conn:
        rows = {r["id"]: r for r in nominations(conn, campaign_id)}
    return str(rows[nomination_id]["state"])


def test_facts_for_and_against_and_no_score(year):
    found = known(year, campaign(year))

    assert found["so-y-te"].qualifies
    assert not found["so-xay-dung"].qualifies
    assert {f.code for f in found["so-xay-dung"].against} >= {"completion", "overdue"}
    assert not hasattr(found["so-y-te"], "score")
    assert kept_facts({"facts": found["so-y-te"].plain()})["against"] == []


def test_criteria_are_data(year):
    campaign_id = campaign(year)
    with year.reading() as conn:
        rows = {c["code"]: c for c in criteria(conn, campaign_id)}
    command = ChangeCriterion(
        rows["tasks"]["id"], "50", "Hướng dẫn 12/HD-SNV ngày 05/01/2026", True
    )
    year.do(command, "gd.so-ldtbxh", at("2026-01-05"))

    assert not known(year, campaign_id)["so-y-te"].qualifies
    with pytest.raises(Refused):
        year.do(command, "gd.so-y-te", at("2026-01-05"))


def test_the_whole_way_by_four_people(year):
    campaign_id = campaign(year)
    one = nominate(year, campaign_id)
    with pytest.raises(Refused) as why:
        step(year, one, Step.APPRAISE, "td.so-noi-vu", opinion="Đủ")
    assert reasons(why) == {Reason.NOT_CLEARED}

    step(year, one, Step.CLEAR, "td.so-noi-vu")
    step(year, one, Step.APPRAISE, "td.so-noi-vu", opinion="Đủ điều kiện")
    step(year, one, Step.SUBMIT, "vp.ubnd-tinh")
    document = paper(at("2026-01-12").date(), "55/QĐ-UBND")
    step(year, one, Step.DECIDE, "ct.ubnd-tinh", "2026-01-12", document=document)
    step(year, one, Step.PUBLISH, "vp.ubnd-tinh", "2026-01-13")

    assert state(year, campaign_id, one) == NominationState.PUBLISHED
    assert annexed(year, "2026-01-11") == []
    assert annexed(year, "2026-01-14") == [
        ["1", "Sở Y tế", "Sở Y tế", LABELS[AwardForm.CERTIFICATE], "55/QĐ-UBND", "12/01/2026"]
    ]
    with pytest.raises(Refused) as why:
        step(year, one, Step.WITHDRAW, "gd.so-ldtbxh", reason="x")
    assert Reason.WRONG_STEP in reasons(why)


def annexed(house: House, day: str) -> list[list[str]]:
    """The awards a review lists as of the day."""
    (final,) = papers(house, day, "final")
    annex = next(a for a in final.appendices if a.title.startswith("Khen thưởng"))
    return [list(row) for b in annex.blocks if isinstance(b, Table) for row in b.rows]


def test_nobody_steps_out_of_turn_or_for_his_own(year):
    campaign_id = campaign(year)
    one = nominate(year, campaign_id, who="gd.so-y-te")

    for what, who, reason in (
        (Step.DECIDE, "ct.ubnd-tinh", Reason.WRONG_STEP),
        (Step.SUBMIT, "vp.ubnd-tinh", Reason.WRONG_STEP),
        (Step.CLEAR, "gd.so-y-te", Reason.OWN_NOMINEE),
        (Step.RETURN, "gd.so-ldtbxh", Reason.NOT_YOUR_ROLE),
    ):
        with pytest.raises(Refused) as why:
            step(year, one, what, who, reason="Lý do", document=paper(at("2026-01-01").date()))
        assert reason in reasons(why)
    with pytest.raises(Refused):
        nominate(year, campaign_id, who="gd.so-xay-dung")


def test_a_person_is_a_name_a_post_and_a_unit(year):
    with pytest.raises(Refused) as why:
        nominate(year, campaign(year), kind=NomineeKind.INDIVIDUAL, name="Trần An")
    assert reasons(why) == {Reason.MISSING}


def papers(house: House, day="2026-01-14", kind="award-submission"):
    with house.reading() as conn:
        return catalogue.make(conn, SYSTEM, kind, Asked(2025, at(day))).papers


def test_the_submission_counts_what_the_list_counts(year):
    campaign_id = campaign(year)
    nominate(year, campaign_id)
    nominate(
        year, campaign_id, kind=NomineeKind.INDIVIDUAL, name="Nguyễn Thị Hạnh", salutation="Bà",
        post="Chuyên viên", unit="Phòng Nghiệp vụ",
    )  # fmt: skip

    first = papers(year)[0]
    said = " ".join(b.text for b in first.body if isinstance(b, Para))
    line = first.appendices[0].blocks[-1].text

    assert "01 tập thể và 01 cá nhân" in said
    assert line == "Danh sách này có 01 tập thể và 01 cá nhân./."
    assert len(papers(year)) == 4
    assert papers(year, kind="award-list")[0].landscape


def test_it_refuses_to_print_when_the_councils_counts_differ(year):
    campaign_id = campaign(year)
    nominate(year, campaign_id)
    document = paper(at("2026-01-07").date(), "3/BB-HĐTĐKT")
    minutes = RecordMinutes(campaign_id, 2, 0, 9, 8, "Lê A", "Trần B", document)
    year.do(minutes, "gd.so-ldtbxh", at("2026-01-08"))

    with pytest.raises(Refused) as why:
        papers(year)

    assert reasons(why) == {Reason.COUNTS_DIFFER}


def test_a_nominee_whose_facts_changed_stops_the_print_until_it_is_withdrawn(year):
    campaign_id = campaign(year)
    one = nominate(year, campaign_id)
    cycle = year.cycle("III.4.1-a", "so-y-te", 2025)
    year.complete(cycle, "2026-01-08")
    year.reopen(cycle, "2026-01-09")

    with pytest.raises(Refused) as why:
        papers(year)
    assert reasons(why) == {Reason.FACTS_CHANGED}
    step(year, one, Step.WITHDRAW, "gd.so-ldtbxh", reason="Số liệu đã thay đổi")
    with pytest.raises(Refused) as why:
        papers(year)
    assert reasons(why) == {Reason.NOBODY_NOMINATED}


def test_without_a_campaign_there_is_no_paper(year):
    with pytest.raises(Refused) as why:
        papers(year)
    assert reasons(why) == {Reason.NO_CAMPAIGN}
    with year.reading() as conn, pytest.raises(NotFound):
        catalogue.make(conn, year.actors["admin"], "award-list", Asked(2025, at("2026-01-14")))


DAY = "2026-01-06"


def with_more(house: House, login: str, *posts: tuple[str, Role]) -> str:
    """The same person with further posts, and everything he is by then."""
    for agency, role in posts:
        person = house.actors[login].person_id or 0
        house.do(AddMembership(person, agency, role, at("2025-01-02").date()), "system", at(DAY))
    with house.reading() as conn:
        house.actors[login] = actor_of(conn, house.actors[login].person_id or 0, at(DAY).date())
    return login


def brought_to(house: House, wanted: NominationState, who: str = "gd.so-ldtbxh") -> int:
    one = nominate(house, campaign(house), who=who)
    if wanted is not NominationState.PROPOSED:
        step(house, one, Step.CLEAR, "td.so-noi-vu")
        step(house, one, Step.APPRAISE, "td.so-noi-vu", opinion="Đủ điều kiện")
    if wanted is NominationState.SUBMITTED:
        step(house, one, Step.SUBMIT, "vp.ubnd-tinh")
    return one


# (who, his further posts, the state it has come to, what he tries)
HATS = [
    # The standing role may come to the agency that appraises (domain 3.3-8): two hats, two heads.
    ("td.so-noi-vu", [("so-ldtbxh", Role.OFFICER)], NominationState.PROPOSED, Step.CLEAR),
    ("vp.ubnd-tinh", [("so-ldtbxh", Role.OFFICER)], NominationState.APPRAISED, Step.SUBMIT),
    ("ct.ubnd-tinh", [("so-ldtbxh", Role.HEAD)], NominationState.SUBMITTED, Step.DECIDE),
    ("td.so-noi-vu", [("ubnd-tinh", Role.OFFICE)], NominationState.APPRAISED, Step.SUBMIT),
    ("td.so-noi-vu", [("ubnd-tinh", Role.CHAIRMAN)], NominationState.SUBMITTED, Step.DECIDE),
]


@pytest.mark.parametrize(("who", "posts", "wanted", "what"), HATS)
def test_who_proposes_who_appraises_and_who_decides_are_three(year, who, posts, wanted, what):
    one = brought_to(year, wanted)
    document = paper(at("2026-01-08").date(), "55/QĐ-UBND")

    with pytest.raises(Refused) as why:
        step(year, one, what, with_more(year, who, *posts), opinion="x", document=document)

    assert reasons(why) == {Reason.OWN_NOMINATION}


# A step, the administrator's second role for it, and the state it is taken from.
BUSINESS = [
    (Step.CLEAR, Role.AWARD_APPRAISER, "so-noi-vu", NominationState.PROPOSED),
    (Step.SUBMIT, Role.OFFICE, "ubnd-tinh", NominationState.APPRAISED),
    (Step.DECIDE, Role.CHAIRMAN, "ubnd-tinh", NominationState.SUBMITTED),
]


@pytest.mark.parametrize(("what", "role", "agency", "wanted"), BUSINESS)
def test_the_administrator_takes_no_step_whatever_he_has_given_himself(
    year, what, role, agency, wanted
):
    one = brought_to(year, wanted)
    who = with_more(year, "admin", (agency, role))

    with pytest.raises(Refused) as why:
        step(year, one, what, who, document=paper(at("2026-01-08").date()))

    assert Reason.NOT_YOUR_ROLE in reasons(why)


def test_what_vp_ubnd_itself_is_proposed_for_the_chairman_takes_up(year):
    """Else no result of the office could ever be commended: nobody else submits (decision 28)."""
    campaign_id = campaign(year)
    facts = known(year, campaign_id)["so-y-te"].plain()
    command = Nominate(
        campaign_id, NomineeKind.COLLECTIVE, "vp-ubnd-tinh", "Tốt", AwardForm.CERTIFICATE, facts,
        at(DAY),
    )  # fmt: skip
    one = int(year.do(command, "gd.so-ldtbxh", at(DAY)).object_id or 0)
    step(year, one, Step.CLEAR, "td.so-noi-vu")
    step(year, one, Step.APPRAISE, "td.so-noi-vu", opinion="Đủ điều kiện")

    with pytest.raises(Refused) as why:
        step(year, one, Step.SUBMIT, "vp.ubnd-tinh")
    step(year, one, Step.SUBMIT, "ct.ubnd-tinh")

    assert Reason.OWN_NOMINEE in reasons(why)
    assert state(year, campaign_id, one) == NominationState.SUBMITTED
    other = nominate(year, campaign_id)
    step(year, other, Step.CLEAR, "td.so-noi-vu")
    step(year, other, Step.APPRAISE, "td.so-noi-vu", opinion="Đủ điều kiện")
    with pytest.raises(Refused) as why:
        step(year, other, Step.SUBMIT, "ct.ubnd-tinh")
    assert reasons(why) == {Reason.NOT_YOUR_ROLE}


HANH = {
    "kind": NomineeKind.INDIVIDUAL, "salutation": "Bà", "name": "Nguyễn Thị Hạnh",
    "post": "Chuyên viên", "unit": "Phòng Nghiệp vụ Y",
}  # fmt: skip
# (the first, the second, whether the second is one too many)
TWICE = [
    ({}, {}, True),
    ({}, HANH, False),
    (HANH, HANH, True),
    (HANH, HANH | {"name": "NGUYỄN THỊ HẠNH"}, True),
    (HANH, HANH | {"unit": "Văn phòng Sở"}, False),
]


@pytest.mark.parametrize(("first", "second", "too_many"), TWICE)
def test_one_achievement_is_proposed_once_in_a_campaign(year, first, second, too_many):
    campaign_id = campaign(year)
    one = nominate(year, campaign_id, **first)

    if not too_many:
        nominate(year, campaign_id, **second)
        return
    with pytest.raises(Refused) as why:
        nominate(year, campaign_id, who="gd.so-y-te", **second)
    assert reasons(why) == {Reason.ALREADY_NOMINATED}
    step(year, one, Step.WITHDRAW, "gd.so-ldtbxh", reason="Nhầm")
    nominate(year, campaign_id, **second)


# A document that is brought, and what is wrong with it.
WRONG = [
    ({"issued_on": at("2026-02-01").date()}, Reason.DOCUMENT_IN_FUTURE),
    ({"signer_name": " "}, Reason.MISSING),
    ({"number": ""}, Reason.MISSING),
    ({"capacity": Capacity.TUQ}, Reason.NO_AUTHORIZATION),
    ({"capacity": Capacity.TUQ, "authorization": "15/GUQ"}, Reason.MISSING),
    (
        {
            "capacity": Capacity.TUQ,
            "authorization": "15/GUQ",
            "authorization_until": at("2026-01-07").date(),
        },
        Reason.AUTHORIZATION_EXPIRED,
    ),
]


@pytest.mark.parametrize(("changed", "reason"), WRONG)
def test_a_decision_and_the_minutes_rest_on_a_document_that_is_whole(year, changed, reason):
    one = brought_to(year, NominationState.SUBMITTED)
    document = replace(paper(at("2026-01-08").date(), "55/QĐ-UBND"), **changed)
    minutes = RecordMinutes(1, 1, 0, 9, 8, "Lê A", "Trần B", document)

    with pytest.raises(Refused) as decided:
        step(year, one, Step.DECIDE, "ct.ubnd-tinh", document=document)
    with pytest.raises(Refused) as recorded:
        year.do(minutes, "gd.so-ldtbxh", at("2026-01-10"))

    assert reasons(decided) == reasons(recorded) == {reason}


def test_the_submission_says_of_exclusions_only_what_somebody_confirmed(year):
    one = nominate(year, campaign(year))

    def said() -> str:
        return " ".join(b.text for b in papers(year)[0].body if isinstance(b, Para))

    assert "[Còn 01 trường hợp chưa có người xác nhận bảng kiểm" in said()
    assert "không thuộc trường hợp chưa xét" not in said()
    step(year, one, Step.CLEAR, "td.so-noi-vu")
    assert "đã được rà soát, không thuộc trường hợp chưa xét" in said()
