"""Every shape of target with every verdict it can have, and every entry that is nonsense."""

from dataclasses import replace
from decimal import Decimal

import pytest

from models.states import Judgement, ValueKind
from workflow.law.errors import Reason
from workflow.law.indicators import EntryFacts, Target, assess, check_entry, rule_text

D = Decimal  # short, for the tables


def target(op="=", value=None, low=None, high=None, year=2025, **more):
    def number(x):
        return None if x is None else D(str(x))

    return Target(year, op, number(value), number(low), number(high), "", "II.2.1", **more)


POINT = target(value=30)
RANGE = target("range", low=70, high=75)
BEYOND = target(">", value=99)
FROM = target(">=", value=90)
LOWER = target(value="2.6", lower_is_better=True)
JOBS = target(value=80000, period=(2022, 2025))
RATIO = target("range", low="1.5", high="1.8", baseline_year=2020)

CASES = [
    (POINT, {2025: 30}, 2025, Judgement.MET),
    (POINT, {2025: "30.1"}, 2026, Judgement.EXCEEDED),
    (POINT, {2025: "29.9"}, 2026, Judgement.NOT_MET),
    (POINT, {2023: 27, 2024: "28.6"}, 2024, Judgement.EXPECTED),
    (POINT, {2023: 27, 2024: 28}, 2024, Judgement.AT_RISK),
    (POINT, {2024: 28}, 2024, Judgement.NOT_ENOUGH),
    (POINT, {2024: 31}, 2024, Judgement.EXCEEDED),
    (POINT, {2024: 31}, 2026, Judgement.NOT_ENOUGH),
    (POINT, {2024: 29}, 2026, Judgement.NOT_ENOUGH),
    (POINT, {}, 2024, Judgement.NOT_ENOUGH),
    (POINT, {2026: 31}, 2026, Judgement.NOT_ENOUGH),
    (RANGE, {2025: 70}, 2025, Judgement.MET),
    (RANGE, {2025: 75}, 2025, Judgement.MET),
    (RANGE, {2025: "75.1"}, 2025, Judgement.EXCEEDED),
    (RANGE, {2025: "69.9"}, 2025, Judgement.NOT_MET),
    (RANGE, {2022: 66, 2024: 69}, 2024, Judgement.EXPECTED),
    (RANGE, {2022: 66, 2024: 67}, 2024, Judgement.AT_RISK),
    (BEYOND, {2025: 99}, 2025, Judgement.NOT_MET),
    (BEYOND, {2025: "99.01"}, 2025, Judgement.MET),
    (BEYOND, {2023: 97, 2024: 98}, 2024, Judgement.AT_RISK),
    (BEYOND, {2023: 97, 2024: "98.5"}, 2024, Judgement.EXPECTED),
    (FROM, {2025: 90}, 2025, Judgement.MET),
    (FROM, {2025: 99}, 2025, Judgement.MET),
    (FROM, {2025: "89.99"}, 2025, Judgement.NOT_MET),
    (LOWER, {2025: "2.6"}, 2025, Judgement.MET),
    (LOWER, {2025: "2.5"}, 2025, Judgement.EXCEEDED),
    (LOWER, {2025: "2.7"}, 2025, Judgement.NOT_MET),
    (LOWER, {2023: 3, 2024: "2.8"}, 2024, Judgement.EXPECTED),
    (LOWER, {2023: 3, 2024: "2.9"}, 2024, Judgement.AT_RISK),
    (JOBS, {2022: 20000, 2023: 20000, 2024: 20000, 2025: 20000}, 2025, Judgement.MET),
    (JOBS, {2022: 20000, 2023: 20000, 2024: 20000, 2025: 20001}, 2025, Judgement.EXCEEDED),
    (JOBS, {2022: 20000, 2023: 20000, 2024: 20000, 2025: 19999}, 2025, Judgement.NOT_MET),
    (JOBS, {2022: 20000, 2023: 20000}, 2023, Judgement.EXPECTED),
    (JOBS, {2022: 20000, 2023: 19000}, 2023, Judgement.AT_RISK),
    (JOBS, {2022: 20000, 2023: 20000}, 2026, Judgement.NOT_ENOUGH),
    (JOBS, {2021: 90000}, 2023, Judgement.NOT_ENOUGH),
    (JOBS, {2022: 50000, 2023: 40000}, 2023, Judgement.EXCEEDED),
    (RATIO, {2020: 40, 2025: 60}, 2025, Judgement.MET),
    (RATIO, {2020: 40, 2025: 73}, 2025, Judgement.EXCEEDED),
    (RATIO, {2020: 40, 2025: 59}, 2025, Judgement.NOT_MET),
    (RATIO, {2020: 40, 2023: 50, 2024: 55}, 2024, Judgement.EXPECTED),
    (RATIO, {2020: 40, 2023: 50, 2024: 52}, 2024, Judgement.AT_RISK),
    (RATIO, {2025: 60}, 2025, Judgement.NOT_ENOUGH),
    (RATIO, {2020: 40}, 2025, Judgement.NOT_ENOUGH),
]


@pytest.mark.parametrize(("goal", "values", "today", "verdict"), CASES)
def test_what_is_said(goal, values, today, verdict):
    known = {year: D(str(v)) for year, v in values.items()}

    assert assess(goal, known, today).judgement is verdict


def test_every_verdict_has_its_case_for_every_shape_that_can_have_it():
    open_shapes = {id(BEYOND), id(FROM)}
    for shape in (POINT, RANGE, BEYOND, LOWER, JOBS, RATIO):
        seen = {verdict for goal, _, _, verdict in CASES if goal is shape}
        wanted = {Judgement.MET, Judgement.NOT_MET, Judgement.EXPECTED, Judgement.AT_RISK}
        assert wanted <= seen
        assert (Judgement.EXCEEDED in seen) == (id(shape) not in open_shapes)


def test_the_slope_that_is_still_needed():
    found = assess(target(value=32, year=2030), {2024: D(28), 2025: D(29)}, 2025)
    jobs = assess(JOBS, {2022: D(20000), 2023: D(18000)}, 2023)
    unemployment = assess(LOWER, {2022: D("3.2"), 2023: D("3.0")}, 2023)

    assert found.slope == D("0.6")
    assert found.projected == D(34)
    assert jobs.slope == D(21000)
    assert unemployment.slope == D("-0.2")


def test_shares_of_the_target():
    assert assess(POINT, {2025: D(27)}, 2025).share == D("90.0")
    assert assess(LOWER, {2025: D("2.5")}, 2025).share == D("104.0")


def test_the_rule_is_said_in_words():
    assert rule_text(RANGE) == "Giá trị không thấp hơn 70 là đạt; vượt khi cao hơn 75"
    assert rule_text(BEYOND) == "Giá trị cao hơn 99 là đạt"
    assert rule_text(LOWER) == "Giá trị không cao hơn 2,6 là đạt; vượt khi thấp hơn 2,6"
    assert rule_text(JOBS).startswith("Tổng cả giai đoạn không thấp hơn 80.000 là đạt")
    assert rule_text(RATIO).startswith("Tỷ số so với năm 2020 không thấp hơn 1,5")


ENTRY = EntryFacts(D("98.5"), "%", 2024, ValueKind.PRELIMINARY, 2025, 2020, 2030, D(98))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"value": D("100.1")}, Reason.OUT_OF_RANGE),
        ({"value": D(-1)}, Reason.OUT_OF_RANGE),
        ({"value": D(130), "unit": "tuổi", "last_known": None}, Reason.OUT_OF_RANGE),
        ({"value": D("2.5"), "unit": "lao động", "last_known": None}, Reason.NOT_WHOLE),
        ({"year": 2019}, Reason.YEAR_OF_VALUE),
        ({"year": 2026}, Reason.YEAR_OF_VALUE),
        ({"year": 2025, "kind": ValueKind.FINAL}, Reason.FINAL_TOO_EARLY),
        ({"whole": D(90)}, Reason.MORE_THAN_WHOLE),
        ({"parts": (D(99),)}, Reason.LESS_THAN_PART),
        ({"is_correction": True}, Reason.MISSING),
        ({"is_correction": True, "reason": "Nhầm"}, None),
        ({"value": D("58.8")}, None),
        ({"value": D("58.7")}, Reason.JUMP),
        ({"value": D(50), "jump_is_meant": True}, None),
        ({"value": D(50), "last_known": None}, None),
    ],
)
def test_nonsense_is_refused_with_its_reason(change, reason):
    found = [r.reason for r in check_entry(replace(ENTRY, **change))]

    assert found == ([reason] if reason else [])
