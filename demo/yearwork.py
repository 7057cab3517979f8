"""What agencies hand in beside tasks in the story: yearly plans, budgets, yearly reports."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflow.commands.yearwork import (
    JudgeAgencyReport,
    RecordAnnualPlan,
    SendAgencyReport,
    SetBudget,
    WriteAgencyReport,
)
from workflow.law.facts import DocumentFacts

PLAN_CODE = "2940/KH-UBND"
STANDING = "so-ldtbxh"
TEXTS = (
    ("leadership", "Đã quán triệt Nghị quyết và Kế hoạch đến toàn thể công chức, viên chức."),
    ("next", "Tiếp tục thực hiện các nhiệm vụ thường xuyên; tập trung các nhiệm vụ chậm tiến độ."),
)
KINDS = ("department", "provincial-board", "district-peoples-committee")

Plan = Callable[[datetime, Callable[[datetime], None]], None]
Do = Callable[[object, str, datetime], Mapping[str, Any]]
At = Callable[[date, random.Random], datetime]
Paper = Callable[[Mapping[str, Any], str, date], DocumentFacts]


def plan_yearwork(
    plan_act: Plan, do: Do, at: At, paper: Paper, agencies: Sequence[Any], last: date
) -> None:
    """Put every agency's years on the queue."""
    for agency in agencies:
        if agency["kind"] in KINDS and agency["code"] != "ban-tdkt":
            for year in range(2024, last.year + 1):
                _year(plan_act, do, at, paper, agency, year)


def _year(plan_act: Plan, do: Do, at: At, paper: Paper, agency: Any, year: int) -> None:
    code = agency["code"]
    rng = random.Random(f"year work {code} {year}")  # noqa: S311  (a story, not a secret)
    head, officer = f"gd.{code}", f"cv.{code}"
    named = {"agency_code": code, "agency_short": agency["short"]}

    def plan(now: datetime) -> None:
        document = paper(named, "KH", now.date())
        do(RecordAnnualPlan(PLAN_CODE, code, year, document), officer, now)

    if rng.random() < 0.92:
        plan_act(at(date(year, 1, 12) + (date(year, 2, 2) - date(year, 1, 12)) * rng.random(), rng),
                 plan)  # fmt: skip
    asked = rng.randrange(200, 4200, 50)
    share, spent = rng.uniform(0.7, 1), rng.uniform(0.85, 1)

    def budget(now: datetime) -> None:
        do(SetBudget(PLAN_CODE, code, year, asked=str(asked)), officer, now)

    def allocate(now: datetime) -> None:
        command = SetBudget(PLAN_CODE, code, year, allocated=str(int(asked * share)))
        do(command, "kh.so-tai-chinh", now)

    def disburse(now: datetime) -> None:
        command = SetBudget(PLAN_CODE, code, year, disbursed=str(int(asked * share * spent)))
        do(command, officer, now)

    plan_act(at(date(year - 1, 12, 28), rng), budget)
    plan_act(at(date(year, 1, 20), rng), allocate)
    plan_act(at(date(year, 12, 3), rng), disburse)
    late = rng.random() < 0.12
    sent = date(year, 12, 17) if late else date(year, 12, 8 + rng.randrange(5))

    def report(now: datetime) -> None:
        done = do(WriteAgencyReport(PLAN_CODE, code, year, TEXTS), officer, now)
        document = paper(named, "BC", now.date())
        command = SendAgencyReport(PLAN_CODE, code, year, document, now, f"{code} {year}")
        done = do(command, head, now)
        report_id = int(str(done["report_id"]))
        judge = "vp.ubnd-tinh" if code == STANDING else f"gd.{STANDING}"
        plan_act(
            at(date(year, 12, 22), rng),
            lambda later: _accept(do, report_id, judge, later),
        )

    if rng.random() < 0.96:
        plan_act(at(sent, rng), report)


def _accept(do: Do, report_id: int, judge: str, now: datetime) -> None:
    do(JudgeAgencyReport(report_id, True), judge, now)
