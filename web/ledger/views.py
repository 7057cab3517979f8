"""The log to outsiders: its signed head and tiles, receipts, and a page that verifies."""

import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import RowMapping

from ledger import issue, lag, paper, place, store, tiles, verify
from ledger.checkpoint import parse
from ledger.service import Ledger
from models.states import Role
from web import db
from web.filters import moment
from web.languages import vi
from web.ledger import findings
from web.requires import me, now, public, services, signed_in, takes_up_to
from workflow import audit, evidence, history, inspections, seals

blueprint = Blueprint("ledger", __name__)
# A bundle of eight years is bigger than any file of a report.
LARGEST_BUNDLE = 200 * 1024 * 1024
LARGEST_UNPACKED = 512 * 1024 * 1024  # a whole plan takes a tenth; more is for one's own machine
# What of a verified result is not as it was judged, in words.
CHANGED: dict[evidence.What, str] = {
    evidence.What.LOG: _l("các mục nhật ký của kỳ này"),
    evidence.What.CYCLE: _l("trạng thái, hạn và kết luận của kỳ"),
    evidence.What.REPORT: _l("nội dung báo cáo"),
    evidence.What.DOCUMENT: _l("văn bản của báo cáo"),
    evidence.What.ATTACHMENT: _l("tệp đính kèm"),
}


def ledger() -> Ledger:
    """The log of this application."""
    s = services()
    home, files = s.settings.home, s.settings.files
    return Ledger(s.engine, home, files, s.clock.now, s.settings.base_url)


# --- to everybody ------------------------------------------------------------------------


@blueprint.get("/.well-known/dondoc/checkpoint")
@public
def checkpoint() -> ResponseReturnValue:
    note = store.last_note(db.conn())
    if note is None:
        abort(404)
    return Response(note, mimetype="text/plain")


@blueprint.get("/.well-known/dondoc/head.svg")
@public
def head_picture() -> ResponseReturnValue:
    """The same to be printed: code and root. Fetched by browsers only when they print."""
    found = seals.newest(db.conn())
    if found is None:
        abort(404)
    return Response(seals.picture(found), mimetype="image/svg+xml")


@blueprint.get("/.well-known/dondoc/key")
@public
def key() -> ResponseReturnValue:
    lines = ledger().key_lines()
    if not lines:
        abort(404)
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


@blueprint.get("/.well-known/dondoc/tile/<path:place>")
@public
def tile(place: str) -> ResponseReturnValue:
    found = tiles.parse_path(place)
    if found is None:
        abort(404)
    level, index, width = found
    tree = store.tree_store(db.conn(), store.last_size(db.conn()))
    try:
        hashes = tree.tile(level, index)
    except KeyError:
        abort(404)
    if len(hashes) < width:
        abort(404)
    return Response(b"".join(hashes[:width]), mimetype="application/octet-stream")


# --- receipts ----------------------------------------------------------------------------


def _receipt(entry_id: int) -> tuple[RowMapping, issue.Receipt]:
    entry = audit.entry_for(db.conn(), me(), entry_id)
    position = store.position_of(db.conn(), entry["uid"])
    found = None if position is None else issue.receipt(db.conn(), position)
    if found is None:
        abort(404)
    return entry, found


@blueprint.get("/audit/<int:entry_id>/receipt")
@signed_in
def receipt(entry_id: int) -> ResponseReturnValue:
    _entry, found = _receipt(entry_id)
    name = issue.file_name(found.index)
    return Response(
        found.render().encode(),
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/audit/<int:entry_id>/receipt.pdf")
@signed_in
def receipt_pdf(entry_id: int) -> ResponseReturnValue:
    entry, found = _receipt(entry_id)
    told = history.tell(entry)
    about = {
        "object": entry["object_label"],
        "at": moment(entry["at"]),
        "digest": entry["leaf_hash"],
    }
    sentences = [told.sentence, *([f"“{told.words}”"] if told.words else [])]
    made = paper.write_pdf(found, sentences, about, ledger().fingerprint() or "")
    name = f"bien-nhan-{found.index}.pdf"
    return Response(
        made,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- verifying ---------------------------------------------------------------------------


@blueprint.get("/audit/verify")
@signed_in
def verify_page() -> ResponseReturnValue:
    return _page()


def _page(status: int = 200, **told: Any) -> tuple[str, int]:
    log = ledger()
    words = {
        "keys": log.key_lines(),
        "fingerprint": log.fingerprint(),
        "titles": verify.TITLES,
        "told": findings.line,
    }
    return render_template("pages/ledger/verify.html", **words, **told), status


@blueprint.post("/audit/verify")
@signed_in
@takes_up_to(LARGEST_BUNDLE)
def verify_now() -> ResponseReturnValue:
    """A receipt or a bundle: looked at with the same program everybody can take home."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(422, problem=_("Chọn một biên nhận hoặc một gói kiểm chứng."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        upload.save(path)
        try:
            keys = [verify.Key(line) for line in ledger().key_lines()]
            with path.open("rb") as file:
                is_receipt = file.read(len(verify.MAGIC)) == verify.MAGIC.encode()
            if is_receipt:
                text = path.read_bytes().decode("utf-8")
                return _page(receipt=verify.check_receipt(text, keys))
            source = verify.Bundle(path)
            if source.unpacked > LARGEST_UNPACKED:
                return _page(wrong=_("Gói quá lớn để kiểm ở đây: hãy kiểm bằng verify.py."))
            heads, accepted = ledger().outside(), ledger().epochs()
            result = verify.Verifier(source, keys[:1], heads, accepted=accepted).run()
        except verify.Bad as problem:
            return _page(wrong=findings.said(problem.code, problem.message))
        except (KeyError, ValueError, OSError, *verify.DAMAGED):
            return _page(wrong=_("Tệp này không phải biên nhận hay gói kiểm chứng, hoặc đã hỏng."))
    return _page(result=result)


@blueprint.get("/audit/verify/<name>")
@signed_in
def program(name: str) -> ResponseReturnValue:
    """The two verifiers, to be taken away; never shown here as a page."""
    if name not in ("verify.py", "verify.html"):
        abort(404)
    path = Path(verify.__file__).with_name(name)
    taken = BytesIO(path.read_bytes())
    return send_file(
        taken, as_attachment=True, download_name=name, mimetype="application/octet-stream"
    )


# --- what other pages show ---------------------------------------------------------------


@blueprint.app_template_global()
def sealed_place(entry: RowMapping) -> dict[str, Any] | None:
    """Where an entry stands, and its receipt; None while it has no place."""
    position = store.position_of(db.conn(), entry["uid"])
    if position is None or position >= store.last_size(db.conn()):
        return None
    return {
        "position": position,
        "receipt": url_for("ledger.receipt", entry_id=entry["id"]),
        "pdf": url_for("ledger.receipt_pdf", entry_id=entry["id"]),
    }


@blueprint.app_template_global()
def seal_bar() -> dict[str, Any]:
    """How far the log is sealed, what waits and why, and what was last found wrong with it."""
    note = store.last_note(db.conn())
    head = parse(note)[0] if note else None
    behind = lag.of(db.conn(), place.folder_of(services().settings.home))
    check = store.last_check(db.conn())
    return {
        "head": head,
        "at": datetime.fromisoformat(head.at) if head else None,
        "check": check,
        "is_unverified": check is not None and findings.is_unverified(check["findings"]),
        "waiting": now() - behind.oldest if behind.oldest else None,
        "obstacle": findings.obstacle(behind.obstacle.code, behind.obstacle.why)
        if behind.obstacle
        else None,
        "stands_since": behind.since if behind.is_long(now()) else None,
    }


@blueprint.app_template_global()
def missing_head() -> dict[str, Any] | None:
    """The signed head this database has lost, for which it is read-only; None when it has all."""
    if not services().door.closed():  # it remembers; most pages ask no more than this
        return None
    gone = place.missing(services().engine, place.folder_of(services().settings.home))
    return {"size": gone.size, "at": datetime.fromisoformat(gone.at)} if gone else None


@blueprint.app_template_global()
def judged_differences(cycle_id: int) -> list[str]:
    """What of a verified result is not as it was judged, in words."""
    found = evidence.differences(db.conn(), services().files, cycle_id)
    return [vi(d.name) if d.name else str(CHANGED[d.what]) for d in found]


@blueprint.app_template_global()
def newest_case() -> int | None:
    """The folder an inspector works in: the last one he has not closed."""
    if Role.INSPECTOR not in me().roles:
        return None
    found = inspections.cases(db.conn(), me())
    return next((c["id"] for c in found if c["closed_at"] is None), None)


@blueprint.app_template_global()
def is_inspector() -> bool:
    """The reader has case folders of his own."""
    return Role.INSPECTOR in me().roles
