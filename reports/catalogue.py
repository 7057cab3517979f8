"""Every paper the house can lay out: its kind, what it needs, and how it is made and written."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from reports.awards import campaign_of_year
from reports.figures import Figures, figures
from reports.gather import agency_row, plan_row, pressure
from reports.moment import Scope
from reports.owing import owing
from reports.papers import award_papers, letters, reviews
from reports.papers.docx_writer import write_docx
from reports.papers.names import contact_of
from reports.papers.paper import Paper
from reports.papers.parts import Written
from reports.papers.pdf_writer import write_pdf
from reports.workbook import figures_workbook
from workflow import seals
from workflow.commands.awards import sees_awards
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import SYSTEM, ActorFacts
from workflow.seals import Seal
from workflow.workdays import calendar_of


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: a year, perhaps an agency, as of a moment, with people's texts."""

    year: int
    cutoff: datetime
    agency: str | None = None
    written: Written = field(default_factory=Written)
    phone: str | None = None  # to call about a letter


@dataclass(frozen=True)
class Made:
    """Papers that were made, and the figures they carry."""

    papers: tuple[Paper, ...]
    figures: Figures
    facts: reviews.Facts | None = None
    seal: Seal | None = None


Maker = Callable[[Connection, ActorFacts, Asked], Made]


@dataclass(frozen=True)
class Kind:
    """A kind of paper."""

    code: str
    make: Maker
    needs_agency: bool = False
    places: tuple[str, ...] = ()


def _needs_agency(asked: Asked) -> str:
    if not asked.agency:
        raise Refused(Refusal(Reason.MISSING, {"field": "agency"}))
    return asked.agency


def _year(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    facts = reviews.facts_of(conn, actor, asked.year, asked.cutoff)
    issuer = agency_row(conn, asked.agency) if asked.agency else None
    return Made((reviews.consolidated_year(facts, asked.written, issuer),), facts.figures, facts)


def _agency_year(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    agency = _needs_agency(asked)
    facts = reviews.facts_of(conn, actor, asked.year, asked.cutoff, agency=agency)
    return Made((reviews.agency_year(facts, asked.written),), facts.figures, facts)


def _sheet(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    agency = _needs_agency(asked)
    facts = reviews.facts_of(conn, actor, asked.year, asked.cutoff, agency=agency)
    return Made((letters.agency_sheet(facts),), facts.figures, facts)


def _interim(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    return _review(conn, actor, asked, final=False)


def _final(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    return _review(conn, actor, asked, final=True)


def _review(conn: Connection, actor: ActorFacts, asked: Asked, *, final: bool) -> Made:
    start = plan_row(conn)["start_year"]
    first = start if final else max(start, asked.year - 2)
    years = tuple(range(first, asked.year + 1)) or (asked.year,)
    facts = reviews.facts_of(conn, actor, asked.year, asked.cutoff, years=years)
    return Made((reviews.review(facts, asked.written, final=final),), facts.figures, facts)


def _urging(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    """One letter per agency that owes something; all agencies when none is named."""
    plan = plan_row(conn)
    standing = agency_row(conn, plan["standing"])
    scope = Scope(years=(asked.year,), agency=asked.agency)
    found = figures(conn, actor, scope, asked.cutoff)
    urged = pressure(conn, found.lines, asked.cutoff).urged
    who = "Văn phòng Sở (bộ phận tổng hợp)" if actor.person_id is None else actor.name
    contact, calendar = contact_of(who, None, asked.phone), calendar_of(conn)
    papers = []
    for row in found.by_agency:
        if row.key == plan["standing"]:
            continue
        agency = agency_row(conn, row.key)
        paper = letters.urging_letter(
            standing,
            agency,
            plan,
            found,
            urged,
            contact,
            calendar,
            owing=owing(conn, plan, agency["id"], asked.year, asked.cutoff),
        )
        if paper is not None:
            papers.append(paper)
    if not papers:
        raise Refused(Refusal(Reason.NOTHING_TO_URGE))
    return Made(tuple(papers), found)


def _awards(conn: Connection, asked: Asked, *, only_list: bool) -> Made:
    campaign = campaign_of_year(conn, asked.year)
    papers = award_papers.all_papers(conn, campaign, asked.cutoff, only_list=only_list)
    years = tuple(range(campaign["first_year"], campaign["last_year"] + 1))
    return Made(papers, figures(conn, SYSTEM, Scope(years=years), asked.cutoff))


def _submission(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    if not sees_awards(actor):
        raise NotFound("award_campaign")
    return _awards(conn, asked, only_list=False)


def _award_list(conn: Connection, actor: ActorFacts, asked: Asked) -> Made:
    if not sees_awards(actor):
        raise NotFound("award_campaign")
    return _awards(conn, asked, only_list=True)


# What people write in the papers, by the name of its place.
PLACES: dict[str, str] = {
    "leadership": "Công tác lãnh đạo, chỉ đạo",
    "strengths": "Ưu điểm",
    "causes": "Nguyên nhân",
    "next": "Nhiệm vụ trọng tâm năm sau",
    "proposals": "Đề xuất, kiến nghị",
    "mechanism": "Tác động sắp xếp bộ máy",
    "lessons": "Bài học kinh nghiệm",
    "adjust": "Đề xuất điều chỉnh",
    "resolution": "Đề nghị giai đoạn sau",
}
TITLES: dict[str, str] = {
    "agency-year": "Báo cáo năm của cơ quan",
    "year": "Báo cáo năm tổng hợp",
    "interim": "Báo cáo sơ kết 3 năm",
    "final": "Báo cáo tổng kết",
    "urging-letter": "Công văn đôn đốc",
    "award-submission": "Hồ sơ trình khen thưởng",
    "award-list": "Danh sách trích ngang",
    "agency-sheet": "Phiếu cơ quan",
}
REVIEW_PLACES = ("leadership", "strengths", "causes", "next", "proposals")
KINDS: dict[str, Kind] = {
    k.code: k
    for k in (
        Kind(
            "agency-year", _agency_year, True, tuple(p for p in REVIEW_PLACES if p != "strengths")
        ),
        Kind("year", _year, places=REVIEW_PLACES),
        Kind("interim", _interim, places=(*REVIEW_PLACES, "mechanism", "lessons", "adjust")),
        Kind("final", _final, places=(*REVIEW_PLACES, "mechanism", "lessons", "resolution")),
        Kind("urging-letter", _urging),
        Kind("award-submission", _submission),
        Kind("award-list", _award_list),
        Kind("agency-sheet", _sheet, True),
    )
}


def make(conn: Connection, actor: ActorFacts, kind: str, asked: Asked) -> Made:
    """Make the papers of a kind from figures read now, as of the cut-off asked for."""
    made = KINDS[kind].make(conn, actor, asked)
    seal = seals.newest(conn)
    return replace(made, papers=tuple(replace(p, seal=seal) for p in made.papers), seal=seal)


FORMATS = ("docx", "pdf", "xlsx")


def files_of(made: Made, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Word and PDF of every paper, and the workbook of their figures, by file name."""
    files: dict[str, bytes] = {}
    for paper in made.papers:
        for ending, write_one in (("docx", write_docx), ("pdf", write_pdf)):
            if ending in formats:
                files[f"{paper.name}.{ending}"] = write_one(paper)
    if made.facts is not None and "xlsx" in formats:
        files[f"{made.papers[0].name}.xlsx"] = figures_workbook(
            made.figures, made.facts.indicators, made.facts.year, made.seal
        )
    return files


def write(made: Made, folder: Path) -> list[dict[str, Any]]:
    """Write the files into a folder; name, size and SHA-256 of each."""
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    for name, content in files_of(made).items():
        (folder / name).write_bytes(content)
        told.append(
            {
                "file": str(folder / name),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    return told
