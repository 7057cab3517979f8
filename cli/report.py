"""Papers and their figures from the command line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import Connection

from cli import answer
from cli.kinds import DATE, ID, YEAR
from cli.named import check
from models.states import LABELS, ReviewKind, ReviewState
from reports import catalogue, reviews
from reports.catalogue import KINDS, Asked
from workflow.commands.reports import review_label
from workflow.door import Origin
from workflow.identity import actor_by_login
from workflow.law.deadlines import VIETNAM, end_of_day
from workflow.law.errors import Refused
from workflow.law.facts import SYSTEM, DocumentFacts
from workflow.words import sentences


@click.group("report")
def group() -> None:
    """Báo cáo, tờ trình, công văn từ số liệu của hệ thống."""


def moment_of(on: date | None) -> datetime:
    """The evening of the day given, or now."""
    now: datetime = current_app.extensions["dondoc"].clock.now()
    if on is None:
        return now
    return min(end_of_day(on) - timedelta(seconds=1), now) if on <= now.date() else now


@group.command("draft")
@click.argument("kind", type=click.Choice([*sorted(KINDS), "all"]))
@click.option("--year", type=YEAR, required=True, help="Năm báo cáo (năm cuối của giai đoạn).")
@click.option("--agency", metavar="MÃ", help="Cơ quan, khi báo cáo là của một cơ quan.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Thư mục ghi tệp.")
@click.option("--on", type=DATE, help="Chốt số liệu hết ngày này (mặc định: lúc này).")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def draft_command(
    kind: str, year: int, agency: str | None, out: Path, on: date | None, as_json: bool
) -> None:
    """Lập dự thảo: Word, PDF và bảng số liệu Excel; all: mọi loại, cùng một thời điểm chốt."""
    services = current_app.extensions["dondoc"]
    asked = Asked(year, moment_of(on), agency, phone=services.settings.contact_phone)
    with services.engine.connect() as conn:
        check(conn, agency=agency, year=year)
        if kind == "all":
            papers = list(_every(conn, asked, out))
        else:
            papers = [_drafted(conn, kind, asked, out)]
    if as_json:
        answer(papers if kind == "all" else papers[0])
        return
    for paper in papers:
        for file in paper["files"]:
            click.echo(f"{file['file']}\t{file['bytes']} byte")


def _every(conn: Connection, asked: Asked, out: Path) -> Iterator[dict[str, Any]]:
    """Every kind there is something to write for; the others are named on standard error."""
    for kind in KINDS.values():
        if kind.needs_agency and not asked.agency:
            continue
        about = asked if kind.needs_agency else replace(asked, agency=None)
        try:
            yield _drafted(conn, kind.code, about, out)
        except Refused as refused:
            click.echo(f"{kind.code}: {' '.join(sentences(refused))}", err=True)


def _drafted(conn: Connection, kind: str, asked: Asked, out: Path) -> dict[str, Any]:
    """One kind, written into the folder, and what it was counted from."""
    made = catalogue.make(conn, SYSTEM, kind, asked)
    return {
        "kind": kind,
        "year": asked.year,
        "cutoff": asked.cutoff.astimezone(VIETNAM).isoformat(),
        "position": made.figures.position,
        "figures_sha256": made.figures.digest(),
        "files": catalogue.write(made, out),
    }


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def list_command(as_json: bool) -> None:
    """Liệt kê báo cáo của tỉnh: đã chốt, đã trình, đã ban hành."""
    with current_app.extensions["dondoc"].engine.connect() as conn:
        found = [
            {
                "id": r["id"],
                "kind": r["kind"],
                "year": r["year"],
                "number": r["number"],
                "state": r["state"],
                "cutoff": r["cutoff_at"].astimezone(VIETNAM).isoformat(),
                "figures_sha256": r["figures_sha256"],
                "notation": r["notation"],
                "issued_on": r["issued_on"],
                "docx_sha256": r["docx_sha256"],
                "pdf_sha256": r["pdf_sha256"],
            }
            for r in reviews.listed(conn)
        ]
    if as_json:
        answer(found)
        return
    for r in found:
        label = review_label(ReviewKind(r["kind"]), r["year"], r["number"])
        word = LABELS[ReviewState(r["state"])]
        click.echo(f"{r['id']}\t{label}\t{word}\t{r['notation'] or ''}")


@group.command("issue")
@click.argument("review_id", type=ID)
@click.option("--document", required=True, metavar="SỐ", help="Số, ký hiệu: 321/BC-UBND.")
@click.option("--issued-on", type=DATE, required=True, help="Ngày văn bản.")
@click.option("--signer", required=True, help="Người ký văn bản.")
@click.option("--as", "login", required=True, metavar="TÊN", help="Người của Văn phòng UBND tỉnh.")
@click.option("--out", type=click.Path(path_type=Path), help="Thư mục ghi tệp đã ban hành.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def issue_command(
    review_id: int, document: str, issued_on: date, signer: str, login: str,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Ghi nhận ban hành một báo cáo đã trình; số liệu và tệp từ đây giữ nguyên."""
    services = current_app.extensions["dondoc"]
    number, _, symbol = document.partition("/")
    facts = DocumentFacts(document, number, symbol, issued_on, signer)
    with services.engine.connect() as conn:
        actor = actor_by_login(conn, login, services.clock.today())
        command = reviews.issuing(conn, services.files, review_id, facts)
        row = reviews.review(conn, review_id).row
    services.door.perform(command, actor, services.clock.now(), origin=Origin("cli"))
    kept = {"docx": command.docx_sha256, "pdf": command.pdf_sha256}
    written = []
    for suffix, digest in kept.items():
        if out is None:
            break
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"{row['kind']}-{row['year']}-{row['number']}.{suffix}"
        file.write_bytes(services.files.path(digest).read_bytes())
        written.append(str(file))
    if as_json:
        answer({"id": review_id, "notation": document, "sha256": kept, "files": written})
        return
    label = review_label(ReviewKind(row["kind"]), row["year"], row["number"])
    click.echo(f"{review_id}\t{label}\t{document}")
