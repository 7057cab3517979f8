"""What an argument of the command line may be: a day, a year, a number of a row."""

from datetime import date

import click

from workflow.text import FIRST_YEAR, LAST_YEAR, parse_date

GREATEST = 2**31 - 1  # keys are 32 bits wide in PostgreSQL
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class Number(click.ParamType):
    """A whole number from `low` to `high`."""

    name = "số"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        typed = str(value)
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(GREATEST))):
            self.fail(f"“{_short(typed)}” không phải số từ {self.low} đến {self.high}.", param, ctx)
        if not self.low <= int(typed) <= self.high:
            self.fail(f"{typed} không nằm trong khoảng {self.low} đến {self.high}.", param, ctx)
        return int(typed)


class Day(click.ParamType):
    """A day, as people write it (14/12/2026, never the month first) or as programs do."""

    name = "ngày"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        day = parse_date(str(value))
        if day is None:
            self.fail(
                f"“{_short(str(value))}” không phải ngày; viết 2026-12-14 hoặc 14/12/2026.",
                param,
                ctx,
            )
        if not FIRST_DAY <= day <= LAST_DAY:
            years = f"{FIRST_DAY.year} đến {LAST_DAY.year}"
            self.fail(f"{day:%d/%m/%Y} không nằm trong các năm {years}.", param, ctx)
        return day


def _short(typed: str) -> str:
    return typed if len(typed) <= 40 else typed[:40] + "…"


YEAR = Number(FIRST_YEAR, LAST_YEAR)
ID = Number(0, GREATEST)
DATE = Day()
