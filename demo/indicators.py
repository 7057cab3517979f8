"""Values of the indicators in the story: invented, plausible, entered and confirmed by people."""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from models.states import ValueKind
from workflow.commands.indicators import ConfirmValue, EnterValue

# Invented figures by code and year; the last year of the story stays an estimate.
VALUES: dict[str, dict[int, str]] = {
    "CT-01": {2022: "3.680", 2023: "3.985", 2024: "4.290", 2025: "4.650"},
    "CT-02": {2020: "46,2", 2023: "58,4", 2024: "64,1", 2025: "70,3"},
    "CT-03": {2022: "26,8", 2023: "27,9", 2024: "28,8", 2025: "29,6"},
    "CT-04": {2022: "66,5", 2023: "68,2", 2024: "69,7", 2025: "71,4"},
    "CT-04.1": {2022: "26,4", 2023: "27,6", 2024: "28,9", 2025: "30,2"},
    "CT-05": {2022: "21.150", 2023: "20.480", 2024: "20.960", 2025: "21.300"},
    "CT-06": {2022: "3,1", 2023: "2,9", 2024: "2,7", 2025: "2,6"},
    "CT-07": {2022: "91,2", 2023: "92,6", 2024: "93,8", 2025: "95,1"},
    "CT-08": {2022: "74,2", 2023: "74,5", 2024: "74,8", 2025: "75"},
    "CT-09": {2022: "97,8", 2023: "98,4", 2024: "98,9", 2025: "99,2"},
    "CT-10": {2022: "83,7", 2023: "85,9", 2024: "87,3", 2025: "88,6"},
    "CT-11": {2022: "33,1", 2023: "34,2", 2024: "35,4", 2025: "36,8"},
    "CT-12": {2022: "81,5", 2023: "83,2", 2024: "84,6", 2025: "85,7"},
}
OWNERS = {
    "CT-03": "so-xay-dung", "CT-06": "cuc-thong-ke", "CT-07": "so-y-te", "CT-08": "so-y-te",
    "CT-09": "so-nnptnt", "CT-10": "so-noi-vu", "CT-11": "so-vhttdl", "CT-12": "so-vhttdl",
}  # fmt: skip
STANDING = "so-ldtbxh"

Plan = Callable[[datetime, Callable[[datetime], None]], None]
Do = Callable[[Any, str, datetime], Mapping[str, Any]]
At = Callable[[date, random.Random], datetime]


def plan_values(plan_act: Plan, do: Do, at: At) -> None:
    """Put every entry on the queue: an estimate in December, the final figure in the next May."""
    for code, values in VALUES.items():
        owner = OWNERS.get(code, STANDING)
        judge = "vp.ubnd-tinh" if owner == STANDING else f"cv.{STANDING}"
        for year, value in values.items():
            rng = random.Random(f"{code} {year}")  # noqa: S311  (a story, not a secret)
            if year < 2023:
                first = date(2023, 9, 11)
                _enter(plan_act, do, at(first, rng), owner, judge, code, year, value, final=True)
                continue
            close = date(year, 12, 8) + (date(year, 12, 12) - date(year, 12, 8)) * rng.random()
            _enter(plan_act, do, at(close, rng), owner, judge, code, year, value, final=False)
            later = date(year + 1, 5, 6 + rng.randrange(20))
            _enter(plan_act, do, at(later, rng), owner, judge, code, year, value, final=True)


def _enter(
    plan_act: Plan, do: Do, moment: datetime, owner: str, judge: str, code: str, year: int,
    value: str, *, final: bool,
) -> None:  # fmt: skip
    kind = ValueKind.FINAL if final else ValueKind.ESTIMATE
    source = f"Niên giám thống kê {year}" if final else f"Báo cáo ước thực hiện năm {year}"

    def enter(now: datetime) -> None:
        done = do(EnterValue(code, year, kind, value, source), f"cv.{owner}", now)
        value_id = int(str(done["value_id"]))
        confirmed = now.replace(hour=min(now.hour + 3, 20))
        plan_act(confirmed, lambda later: _confirm(do, value_id, judge, later))

    plan_act(moment, enter)


def _confirm(do: Do, value_id: int, judge: str, now: datetime) -> None:
    do(ConfirmValue(value_id), judge, now)
