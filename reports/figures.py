"""The one family of functions that counts, for the screen, Excel and Word alike.

A set of figures carries its cut-off moment, its scope and the place in the trail it rests on;
written down canonically, the same cut-off gives the same bytes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, select

from models.states import Disposition
from models.tables import SECTION
from reports.boxes import AGE_ENDS, Box, Boxes, rate, tally
from reports.moment import Line, Scope, audit_position, lines_at
from workflow import canonical
from workflow.law.deadlines import OPEN_STATES, local_day
from workflow.law.facts import ActorFacts

# An open cycle counts as kept up to date when something was written in it within this many days.
FRESH_DAYS = 90


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about and its tally."""

    key: str
    label: str
    boxes: Boxes
    late_reports: int = 0
    after_extension: int = 0  # of those in time: in time by the extended day only
    returns: int = 0
    updated: int = 0
    to_update: int = 0
    is_asked: bool = False
    is_standing: bool = False

    @property
    def update_rate(self) -> Decimal | None:
        return rate(self.updated, self.to_update)


@dataclass(frozen=True)
class Figures:
    """Everything counted about a scope at one moment."""

    cutoff: datetime
    scope: Scope
    position: int
    all: Row
    by_agency: tuple[Row, ...]
    by_section: tuple[Row, ...]
    by_clause: tuple[Row, ...]
    by_year: tuple[Row, ...]
    ages: tuple[int, ...]
    overdue: tuple[Line, ...]
    late: tuple[Line, ...]
    returned: tuple[Line, ...]
    apart: tuple[Line, ...]
    without_report: tuple[Row, ...]
    lines: tuple[Line, ...]
    days_to_verify: Decimal | None = None

    @property
    def boxes(self) -> Boxes:
        return self.all.boxes

    @property
    def agencies_due(self) -> int:
        """Agencies whose work has fallen due at the cut-off: of whom a report can be wanted."""
        return len(_fell_due(self.lines, self.cutoff))

    def plain(self) -> dict[str, Any]:
        """The figures as values that can be written down and compared."""
        return {
            "cutoff": self.cutoff,
            "position": self.position,
            "scope": {f.name: getattr(self.scope, f.name) for f in fields(self.scope)},
            "boxes": _plain_boxes(self.boxes),
            "late_reports": self.all.late_reports,
            "returns": self.all.returns,
            "updated": [self.all.updated, self.all.to_update],
            "ages": list(self.ages),
            "days_to_verify": None if self.days_to_verify is None else str(self.days_to_verify),
            **{
                name: [
                    {"key": r.key, "boxes": _plain_boxes(r.boxes), "late": r.late_reports}
                    | {"returns": r.returns, "updated": [r.updated, r.to_update]}
                    for r in getattr(self, name)
                ]
                for name in ("by_agency", "by_section", "by_clause", "by_year")
            },
            **{
                name: [line.id for line in getattr(self, name)]
                for name in ("overdue", "late", "returned", "apart", "lines")
            },
            "without_report": [r.key for r in self.without_report],
        }

    def text(self) -> str:
        """The canonical text of the figures: what is frozen and hashed."""
        return canonical.encode(self.plain())

    def digest(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()


def _plain_boxes(boxes: Boxes) -> dict[str, int]:
    return {f.name: getattr(boxes, f.name) for f in fields(boxes)}


def figures(conn: Connection, actor: ActorFacts, scope: Scope, moment: datetime) -> Figures:
    """Count a scope as this person may see it, as it stood at the moment."""
    titles = dict(conn.execute(select(SECTION.c.code, SECTION.c.title)).all())
    found = count(lines_at(conn, actor, scope, moment), scope, moment, titles)
    return replace(found, position=audit_position(conn, moment))


def count(
    lines: Sequence[Line], scope: Scope, moment: datetime, titles: dict[str, str] | None = None
) -> Figures:
    """Count lines. Nothing is asked of the database."""
    titles = titles or {}
    overdue = sorted(
        (x for x in lines if x.box is Box.OPEN_OVERDUE), key=lambda x: (-x.overdue, x.id)
    )
    ages = [0] * (len(AGE_ENDS) + 1)
    for line in overdue:
        if line.age is not None:
            ages[line.age] += 1
    by_agency = _rows(lines, moment, lambda x: (x.agency, x.agency_name))
    waits = [
        (x.verified_at - x.reported_at).total_seconds()
        for x in lines
        if x.verified_at and x.reported_at and x.disposition == Disposition.ACTIVE
    ]
    mean = Decimal(sum(waits) / len(waits) / 86400) if waits else None
    return Figures(
        cutoff=moment,
        scope=scope,
        position=0,
        all=_row("", "Tổng số", lines, moment),
        by_agency=by_agency,
        by_section=_rows(lines, moment, lambda x: (x.section, titles.get(x.section, x.section))),
        by_clause=_rows(lines, moment, lambda x: (x.clause, titles.get(x.clause, x.clause))),
        by_year=tuple(
            sorted(_rows(lines, moment, lambda x: (str(x.year), f"Năm {x.year}")), key=_by_key)
        ),
        ages=tuple(ages),
        overdue=tuple(overdue),
        late=tuple(
            sorted(
                (x for x in lines if x.late_days and x.disposition == Disposition.ACTIVE),
                key=lambda x: (-(x.late_days or 0), x.id),
            )
        ),
        returned=tuple(x for x in lines if x.return_count),
        apart=tuple(x for x in lines if x.box in (Box.ON_HOLD, Box.CLOSED)),
        without_report=_without_report(lines, moment),
        lines=tuple(lines),
        days_to_verify=None if mean is None else mean.quantize(Decimal("0.1"), ROUND_HALF_UP),
    )


def _by_key(row: Row) -> str:
    return row.key


def _row(
    key: str, label: str, lines: Sequence[Line], moment: datetime, *, marked: bool = False
) -> Row:
    fresh = moment - timedelta(days=FRESH_DAYS)
    open_lines = [
        x for x in lines if x.state in OPEN_STATES and x.disposition == Disposition.ACTIVE
    ]
    return Row(
        key=key,
        label=label,
        boxes=tally(x.box for x in lines),
        late_reports=sum(1 for x in lines if x.late_days and x.disposition == Disposition.ACTIVE),
        after_extension=sum(
            x.is_after_extension and x.disposition == Disposition.ACTIVE for x in lines
        ),
        returns=sum(x.return_count for x in lines),
        updated=sum(1 for x in open_lines if x.progress_at and x.progress_at >= fresh),
        to_update=len(open_lines),
        is_asked=marked and lines[0].is_asked,
        is_standing=marked and lines[0].is_standing,
    )


def _rows(
    lines: Iterable[Line], moment: datetime, by: Callable[[Line], tuple[str, str]]
) -> tuple[Row, ...]:
    """One row per key, in the order of the lines; agencies in protocol order."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[by(line)].append(line)
    rows = [
        (min(x.agency_position for x in members), _row(*key, members, moment, marked=True))
        for key, members in groups.items()
    ]
    if rows and all(len({x.agency for x in g}) == 1 for g in groups.values()):
        rows.sort(key=lambda pair: pair[0])
    return tuple(row for _, row in rows)


def _fell_due(lines: Iterable[Line], moment: datetime) -> dict[str, list[Line]]:
    """By agency, what fell due before the day of the moment and was neither on hold nor ended."""
    today = local_day(moment)
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.disposition == Disposition.ACTIVE and line.due_on and line.due_on < today:
            groups[line.agency].append(line)
    return groups


def _without_report(lines: Iterable[Line], moment: datetime) -> tuple[Row, ...]:
    """Agencies whose work has fallen due and of which not one report has been sent.

    One that was returned or reopened had been sent; one that was taken back counts for nothing.
    """
    silent = [
        members
        for members in _fell_due(lines, moment).values()
        if all(x.state in OPEN_STATES and not (x.return_count or x.reopen_count) for x in members)
    ]
    silent.sort(key=lambda members: members[0].agency_position)
    return tuple(_row(m[0].agency, m[0].agency_name, m, moment, marked=True) for m in silent)


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Agencies as leaders read them: most overdue first, then the lowest completion rate."""
    return sorted(
        rows,
        key=lambda r: (-r.boxes.open_overdue, r.boxes.completion_rate or Decimal(0), r.label),
    )


def points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """The change of a rate in percent points (điểm %); None when one of the two is missing."""
    return None if now is None or before is None else now - before
