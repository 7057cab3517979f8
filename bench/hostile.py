"""Hostile and merely odd input, into every field, every parameter and every header of every page.

Every form that any reader is shown and every parameter a page asks for is tried with a table of
values, as those who may and as those who may not. No answer is a fault of ours; what is refused
says so in Vietnamese, loses nothing that was typed and leaves nothing but that it was refused.
Nothing is kept: commits are carried out up to their last moment and undone, so that every value
meets the same rows. Only at the end odd words are kept in every form that takes them, and every
page is read again. DONDOC_BENCH_SHARE=10: every tenth request (1: all).
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import re
import struct
import time
import traceback
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit
from uuid import uuid4

import html5lib
from flask import Flask
from sqlalchemy import event, text
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import EnvironBuilder, TestResponse

from bench.databases import addresses, application
from bench.pages import TOLD_UNTIL
from bench.tables import keep, show
from cli import command_line
from tests.access.walk import LINK, READERS, kind_of, reader
from tests.visitors import set_clock
from tests.web.reader import NAMESPACE, Reader
from workflow.law.deadlines import end_of_day

SHARE = int(os.environ.get("DONDOC_BENCH_SHARE", "1"))
# Longer than this of the processor's own time, and one browser can stop all others.
TOO_LONG = 3.0
WALKERS = ("stranger", "head", "standing head", "office", "inspector", "administrator")
# How many pages of one kind are looked through for forms that differ.
OF_A_KIND = 4
TYPED = "Nội dung thử bảy-ba-chín"
CANARY = '"><svg onload=alert(739)>'
# What a refused request may leave: that it was refused, and what looking leaves.
ON_RECORD = {"refuse", "record_failed_sign_in", "search_log", "download"}
# A draft is kept before anything is done with it: whatever is wrong then, the words are safe.
KEPT_FIRST = {"save_draft"}
NO_BUSINESS = {"audit_entry", "audit_words", "outbox_event", "idempotency", "person_session"}
NO_BUSINESS |= {"sign_in_failure", "ledger_check"}
WRITES = re.compile(r"(?:^|\()\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
FORM = re.compile(r"<form.*?</form>", re.DOTALL)
# A summary of faults, or a box that says what is wrong.
SAYS_WHY = ("data-error-summary", "dd-box-caution", "dd-box-grave", "Chưa có quyết định nào")
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
HERE = str(Path(__file__).resolve().parent.parent)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
URLENCODED = "application/x-www-form-urlencoded"

# --- the tables of values ----------------------------------------------------------------


def _much(count: int) -> bytes:
    """Text no database can press together into a key of an index."""
    return random.Random(739).randbytes(count // 2).hex().encode()


def _utf8(*words: str) -> list[bytes]:
    return [word.encode() for word in words]


WORDS: dict[str, bytes] = {
    "nothing": b"",
    "blanks": " \u00a0\u200b\t\r\n ".encode(),
    "much": _much(100_000),
    "long": _much(3_000),
    "long and Vietnamese": ("ệ" * 25_000).encode(),
    "combining marks": ("a" + "\u0323\u0302" * 3_000).encode(),
    "NUL": b"a\0b",
    "control characters": b"a\x01\x08\x0b\x1b[31m\x7fb",
    "half a surrogate pair": b"a\xed\xa0\x80b",
    "no UTF-8": b"\xff\xfe\xc3(",
    "noncharacters": "a\ufffe\uffff\U0010ffffb".encode(),
    "right to left": "\u202egpj.exe\u202c\u2066x".encode(),
    "line ends and a header": b"a\r\nSet-Cookie: evil=1\r\n\r\n",
    "markup": CANARY.encode(),
    "template": b"{{7*7}}${7*7}%(x)s%s{0}",
    "quotes": b"'\"`;--) OR 1=1 /*",
    "LIKE": b"%_%\\%%%",
    "formula": b'=HYPERLINK("http://x","y")',
    "brackets": b"[" * 5_000,
    "path": b"../../../../etc/passwd",
}
NUMBERS: dict[str, bytes] = dict(
    zip(
        ("0", "-1", "2**31", "2**63", "10**20", "-10**20", "1e9", "NaN", "Infinity", "half")
        + ("Arabic", "fullwidth", "superscript", "hexadecimal", "underscore", "5000 digits")
        + ("thousands", "many decimals", "minus zero"),
        _utf8("0", "-1", str(2**31), str(2**63), str(10**20), str(-(10**20)), "1e9", "NaN")
        + _utf8("Infinity", "0,5", "٣", "１２", "²", "0x10", "1_000", "9" * 5_000)
        + _utf8("1." + "000." * 400 + "000", "0," + "1" * 3_000, "-0"),
        strict=True,
    )
)
DAYS: dict[str, bytes] = {
    f"day {day}": day.encode()
    for day in ("0000-00-00", "31/02/2026", "1/1/1", "31/12/9999", "01/01/1900", "31/12/2200")
    + ("9999-12-31", "0001-01-01", "2026-13", "2026-W01-1", "29/02/2025", "٣/٣/٢٠٢٦", "hôm nay")
    + ("2026-12-31T25:61:61", "2026-02-28T10:00:00+99:99", "24:00", "99:99", "-1:00")
}
ODD = WORDS | NUMBERS | DAYS
# Values of which one at least goes wrong wherever anything does.
FEW = ("nothing", "much", "NUL", "half a surrogate pair", "2**63", "day 31/12/9999", "markup")

HEADERS: dict[str, dict[str, str]] = {
    "languages": {"Accept-Language": "xx-" + "y" * 5_000 + ";q=nan,*;q=-1"},
    "no type is accepted": {"Accept": "image/\xff, */*;q=x", "Accept-Encoding": "gzip;q=nan, \xff"},
    "a range": {"Range": "bytes=99999999999999999999-"},
    "ranges": {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(500))},
    "no range": {"Range": "bytes=-0, x=1"},
    "conditions": {"If-None-Match": '*, W/"\xff', "If-Match": '"x"', "If-Range": "yesterday"},
    "days": {"If-Modified-Since": "Sun, 99 Foo 99999", "If-Unmodified-Since": "0"},
    "another host": {"Host": "evil.example"},
    "no host": {"Host": "http://[::1"},
    "a host of nonsense": {"Host": "local\xffhost:99999999"},
    "forwarded": {
        "X-Forwarded-For": "nonsense, ::ffff:1.2.3.4%eth0, \xff",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "//evil.example",
        "Forwarded": 'for="[::"',
        "X-HTTP-Method-Override": "DELETE",
    },
    "an origin of nonsense": {"Origin": "http://[", "Referer": "http://["},
    "another origin": {"Origin": "http://localhost\uff0fevil"},
    "a way back": {"Referer": "http://localhost//evil.example/"},
    "a browser of many words": {"User-Agent": "\xff" + "M" * 50_000},
    "no cookie of ours": {"Cookie": 'dondoc=\xff.".x; ; =; dondoc=.eJx; a="\\'},
    "a cookie to remember": {"Cookie": "remember_token=1|\xff"},
    "a long cookie": {"Cookie": "dondoc=" + "e" * 50_000},
    "a token of nonsense": {"X-CSRFToken": "\xff"},
    "a type of nonsense": {"Content-Type": "text/\xff; charset=\xff"},
}
BODIES: dict[str, tuple[str, bytes]] = {
    "JSON": ("application/json", b'{"csrf_token":' + b"[" * 100_000),
    "XML": ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "another charset": (f"{URLENCODED}; charset=utf-16", b"\xff\xfea\0=\0b\0"),
    "no charset": (f"{URLENCODED}; charset=klingon", b"a=%ff%zz%"),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "a broken part": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename*=klingon''%ff\r\n\r\nb",
    ),
    "a name of nonsense": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="\xff\0"\r\n'
        b"Content-Transfer-Encoding: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nb\r\n"
        b"--x--\r\n",
    ),
    "many parts": (
        "multipart/form-data; boundary=x",
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n\r\n' % n for n in range(999)
        )
        + b"--x--\r\n",
    ),
    "many fields": (
        URLENCODED,
        b"&".join(b"a%d=" % n for n in range(9999)),
    ),
    "too much": (URLENCODED, b"a=" + b"b" * (3 * 1024 * 1024)),
}
METHODS = ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "X-\xff")
# What stands in an address, as it comes from the wire.
PLACES: dict[str, bytes] = {
    "0": b"0",
    "-1": b"-1",
    "2**31": str(2**31).encode(),
    "2**63": str(2**63).encode(),
    "5000 digits": b"9" * 5_000,
    "Arabic": "٣".encode(),
    "NUL": b"a\0b",
    "half a surrogate pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff",
    "much": _much(60_000),
    "long": _much(300),
    "up": b"..%2f..%2fetc",
    "markup": CANARY.encode(),
    "line ends": b"a\r\nX-Evil: 1",
    "template": b"{{7*7}}%s%(x)s",
    "right to left": "\u202eabc".encode(),
    "64 hexadecimals": b"f" * 64,
}


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive with these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


@cache
def files() -> dict[str, tuple[str, bytes]]:
    """Files of all kinds, and what is none: name as sent and content."""
    book = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    bomb = packed({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * 30_000_000})
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><workbook>&c;</workbook>'
    to_come = bytearray(book)
    to_come[book.index(b"PK\1\2") + 6] = 220  # a version nobody has written yet
    lying = bytearray(book)
    lying[len(book) - 12 : len(book) - 8] = b"\xff\xff\xff\x7f"  # how long its directory is
    receipt = b"c2sp.org/tlog-proof@v1\n"
    return {
        "a small picture": ("anh.png", _png(1, 1)),
        "a picture of a million metres": ("anh.png", _png(2**31 - 1, 2**31 - 1)),
        "a picture cut off": ("anh.png", _png(1, 1)[:20]),
        "a PDF cut off": ("bao-cao.pdf", b"%PDF-1.7\n1 0 obj <</Type/Catalog"),
        "a PDF that is a zip too": ("a.pdf", b"%PDF-1.7\n<script>alert(739)</script>" + book),
        "a zip of nothing": ("a.xlsx", b"PK\x05\x06" + b"\0" * 18),
        "a zip cut off": ("a.xlsx", book[:40]),
        "a zip that lies": ("a.xlsx", bytes(lying)),
        "a zip of a version to come": ("a.xlsx", bytes(to_come)),
        "a zip full of rubbish": ("a.xlsx", b"PK\x03\x04" + random.Random(1).randbytes(2_000)),
        "a workbook of nothing": ("a.xlsx", book),
        "a workbook that laughs": (
            "a.xlsx",
            packed({"xl/workbook.xml": laughs}),
        ),
        "a bomb": ("a.xlsx", bomb),
        "an old workbook": (
            "a.xls",
            OLE + "Workbook".encode("utf-16-le"),
        ),
        "text": ("a.txt", "chữ thường".encode()),
        "a page": ("a.html", CANARY.encode()),
        "no name": ("", b"%PDF-1.7\n"),
        "a name of 5000 letters": ("ệ" * 5_000 + ".pdf", b"%PDF-1.7\n"),
        "a name that climbs": ("../../etc/passwd\u202e.pdf", b"%PDF-1.7\n"),
        "a name with line ends": ('a\r\nX-Evil: 1".pdf', b"%PDF-1.7\n"),
        "a name of controls": ("a\x01\x1b\ud7ff\ufffe.pdf", b"%PDF-1.7\n"),
        "nothing": ("a.pdf", b""),
        "a receipt of nothing": ("bien-nhan.txt", receipt),
        "a receipt of rubbish": ("bien-nhan.txt", receipt + b"index 99999999999999999999\n\xff\0"),
        "a receipt of much": ("bien-nhan.txt", receipt + b"A" * 300_000),
        "brackets": ("a.json", b"[" * 200_000),
        "a bundle of brackets": (
            "goi.zip",
            packed({"manifest.json": b"[" * 100_000, "key.txt": b"{" * 100_000}),
        ),
    }


# --- what a form or a page takes ---------------------------------------------------------


@dataclass(frozen=True)
class FormFound:
    """A form as some reader is shown it: what a browser would send, all of it filled in."""

    action: str
    endpoint: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.fields))


class Asked(ImmutableMultiDict[str, str]):
    """Parameters that remember which of them a view has asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *args: Any, **options: Any) -> Any:
        Asked.names.add(key)
        return super().get(key, *args, **options)

    def getlist(self, key: str, *args: Any, **options: Any) -> Any:
        Asked.names.add(key)
        return super().getlist(key, *args, **options)

    def __getitem__(self, key: str) -> Any:
        Asked.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        Asked.names.add(str(key))
        return super().__contains__(key)


def filled(name: str, kind: str, day: date) -> str:
    """What somebody with a right answer would type."""
    if kind == "date" or name.endswith(("_on", "_by", "_until", "day", "_day", "until")):
        return f"{day:%d/%m/%Y}"
    if "notation" in name:
        return "125/BC-SXD"
    if kind in ("number",) or name in ("percent", "year", "value", "amount", "weight", "points"):
        return "10"
    if "time" in name or kind == "time":
        return "07:30"
    return {
        "email": "ai@example.gov.vn",
        "url": "https://example.gov.vn/tin",
        "password": "mat-khau-do-luong-2026",
    }.get(kind, TYPED)


def forms_of(page: str, html: str, day: date) -> Iterator[tuple[str, str, Any, list[str]]]:
    """Each form of a page: method, address, fields as (name, value), names of files."""
    for found in FORM.findall(html):
        (form,) = html5lib.parseFragment(found, treebuilder="etree").iter(NAMESPACE + "form")
        sent: dict[str, str] = {}
        taken: list[str] = []
        submit: tuple[str, str] | None = None
        for one in form.iter():
            name, kind, value = one.get("name"), one.get("type", "text"), one.get("value") or ""
            if not name or one.tag not in _FIELDS:
                continue
            if one.tag == NAMESPACE + "button" or kind == "submit":
                submit = submit or (name, value)
            elif kind == "file":
                taken.append(name)
            elif one.tag == NAMESPACE + "select":
                options = [(o.get("value") or "", o.get("selected")) for o in one.iter(_OPTION)]
                chosen = [v for v, s in options if s is not None and v] or [
                    v for v, _ in options if v
                ]
                sent[name] = chosen[0] if chosen else ""
            elif kind in ("radio", "checkbox"):
                if name not in sent or one.get("checked") is not None:
                    sent[name] = value
            elif kind == "hidden":
                sent[name] = value
            else:
                typed = "".join(one.itertext()) if one.tag == NAMESPACE + "textarea" else value
                sent[name] = typed.strip() or filled(name, kind, day)
        if submit is not None:
            sent[submit[0]] = submit[1]
        sent.pop("csrf_token", None)
        action = urljoin(page, form.get("action") or page)
        yield (form.get("method") or "get").upper(), action, tuple(sent.items()), taken


_FIELDS = {NAMESPACE + tag for tag in ("input", "select", "textarea", "button")}
_OPTION = NAMESPACE + "option"

# --- the stage ---------------------------------------------------------------------------


@dataclass
class Fault:
    """One answer that should not have been."""

    kind: str
    who: str
    request: str
    what: str
    detail: str = ""

    @property
    def group(self) -> str:
        return f"{self.kind}: {self.detail[:160]}"


@dataclass
class Stage:
    """The application, its readers, what was committed by the last request, and the faults."""

    app: Flask
    day: date
    readers: dict[str, Reader] = field(default_factory=dict)
    is_dry: bool = True
    tables: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    forms: dict[Any, FormFound] = field(default_factory=dict)
    shown: dict[Any, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    parameters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def blame(self, kind: str, who: str, request: str, what: str, detail: str = "") -> None:
        self.faults.append(Fault(kind, who, request, what, detail))

    # --- requests ------------------------------------------------------------------------

    def ask(self, who: str, what: str, method: str, path: str, **options: Any) -> TestResponse:
        """One request; the answer, judged by what holds for all of them."""
        self.tables.clear()
        self.commands.clear()
        self.traces.clear()
        client = self.readers[who].client
        headers = options.get("headers", {})
        if "Cookie" in headers:
            mine = client.get_cookie("dondoc")
            signed = f"dondoc={mine.value}; " if mine and "dondoc=" not in headers["Cookie"] else ""
            options["headers"] = {**headers, "Cookie": signed + headers["Cookie"]}
            client = self.app.test_client(use_cookies=False)
        shown = f"{method} {path[:120]}"
        begin = time.process_time()
        raw: bytes | None = options.pop("raw_path", None)
        # What follows a request must not depend on its flash messages or on who signed in there.
        cookie = client.get_cookie("dondoc") if client._cookies is not None else None
        try:
            if raw is None:
                answer = client.open(path, method=method, **options)
            else:
                answer = _open_raw(client, method, raw, **options)
            answer.get_data()
        except Exception as error:
            # The application itself never raises: a server would close the line without a word.
            self.blame("exception", who, shown, what, _last_line(error))
            answer = TestResponse([], "599 Exception", {}, None)  # type: ignore[arg-type]
        finally:
            if cookie is not None:
                client.set_cookie("dondoc", cookie.value)
        took = time.process_time() - begin
        status = answer.status_code
        self.sent += 1
        self.answers[status] += 1
        if took > TOO_LONG:
            self.blame("slow", who, shown, what, f"{took:.1f} s")
        self._judge(who, what, method, shown, status, answer)
        return answer

    def _judge(
        self, who: str, what: str, method: str, shown: str, status: int, answer: TestResponse
    ) -> None:
        body = answer.get_data().decode("utf-8", "replace")
        if 500 <= status < 599:
            detail = self.traces[-1] if self.traces else body[:200]
            self.blame(str(status), who, shown, what, detail)
        left = set(self.commands) - ON_RECORD - KEPT_FIRST
        touched = set() if KEPT_FIRST & set(self.commands) else self.tables - NO_BUSINESS
        if status >= 400 and (left or touched):
            self.blame("left something", who, shown, what, f"{sorted(left)} {sorted(touched)}")
        if method in ("GET", "HEAD", "OPTIONS") and (left or touched):
            self.blame("looking wrote", who, shown, what, f"{sorted(left)} {sorted(touched)}")
        if answer.mimetype != "text/html" or method == "HEAD" or not 400 <= status < 500:
            if 400 <= status < 500 and method not in ("HEAD",) and not VIETNAMESE.search(body):
                self.blame("no Vietnamese", who, shown, what, f"{status} {answer.mimetype}")
        else:
            main = MAIN.search(body)
            if main is None or not VIETNAMESE.search(main[0]):
                self.blame("no Vietnamese", who, shown, what, f"{status}")
            if status == 422 and "<main" in body and not any(mark in body for mark in SAYS_WHY):
                self.blame("no summary", who, shown, what)
        if answer.mimetype == "text/html" and "<svg onload" in body:
            self.blame("markup", who, shown, what)
        for name in ("X-Evil", "evil"):
            if name in answer.headers or f"{name}=1" in answer.headers.get("Set-Cookie", ""):
                self.blame("header", who, shown, what)
        if "evil.example" in answer.headers.get("Location", ""):
            self.blame("sent away", who, shown, what)
        if 'href="//evil' in body:
            self.blame("leads away", who, shown, what)


def _open_raw(client: Any, method: str, raw: bytes, **options: Any) -> TestResponse:
    """An address of any bytes, as a server hands it on."""
    builder = EnvironBuilder(path="/", method=method, **options)
    environ = builder.get_environ()
    path, _, query = raw.partition(b"?")
    environ["PATH_INFO"] = path.decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")
    environ.pop("REQUEST_URI", None)
    environ.pop("RAW_URI", None)
    answer: TestResponse = client.open(environ)
    return answer


def _last_line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename.startswith(HERE) and ".venv" not in f.filename]
    last = (ours or frames)[-1]
    where = f"{last.filename.removeprefix(HERE + '/')}:{last.lineno}"
    return (
        f"{type(error).__name__} {where} {str(error).splitlines()[0][:200] if str(error) else ''}"
    )


class _Listener(logging.Handler):
    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.stage.traces.append(_last_line(record.exc_info[1]))
        elif record.levelno >= logging.ERROR:
            self.stage.traces.append(record.getMessage()[:300])


@contextmanager
def staged(app: Flask, day: date, readers: Mapping[str, Reader]) -> Iterator[Stage]:
    """Watch what the application commits; while the stage is dry, undo it at the last moment."""
    stage = Stage(app, day, dict(readers))
    assert all(reader.token for reader in readers.values())
    engine = app.extensions["dondoc"].engine
    dialect = engine.dialect
    commit, rollback = dialect.do_commit, dialect.do_rollback

    @event.listens_for(engine, "before_cursor_execute")
    def note(conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := WRITES.findall(statement):
            conn.info.setdefault("hostile", set()).update(found)

    def undone(conn: Any) -> None:
        written = conn.info.pop("hostile", None)
        if not written:
            commit(conn)
            return
        cursor = conn.cursor()
        if engine.dialect.name == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        stage.tables |= written
        if "audit_entry" in written:
            cursor.execute(f"SELECT command FROM audit_entry WHERE id > {stage_last[0]}")
            stage.commands += [row[0] for row in cursor.fetchall()]
        if stage.is_dry:
            conn.rollback()
        else:
            commit(conn)
            cursor.execute("SELECT max(id) FROM audit_entry")
            stage_last[0] = cursor.fetchone()[0]
            conn.rollback()
        cursor.close()

    def given_up(conn: Any) -> None:
        conn.info.pop("hostile", None)  # what was rolled back was never written
        rollback(conn)

    with engine.connect() as conn:
        stage_last = [conn.execute(text("SELECT max(id) FROM audit_entry")).scalar() or 0]
    listener = _Listener(stage)
    log = logging.getLogger("dondoc.web")
    quiet = log.propagate
    log.addHandler(listener)
    log.propagate = False
    request_class = app.request_class
    app.request_class = type("Asking", (request_class,), {"parameter_storage_class": Asked})
    dialect.do_commit, dialect.do_rollback = undone, given_up
    try:
        yield stage
    finally:
        del dialect.do_commit, dialect.do_rollback
        app.request_class = request_class
        log.removeHandler(listener)
        log.propagate = quiet
        event.remove(engine, "before_cursor_execute", note)


# --- looking around ----------------------------------------------------------------------


def explore(stage: Stage, of_a_kind: int = OF_A_KIND) -> None:
    """Every kind of page each reader is led to: its forms, its parameters."""
    for who in stage.readers:
        seen: Counter[str] = Counter()
        known: set[str] = set()
        waiting = ["/inbox" if stage.readers[who].who else "/public", "/help", "/sign-in"]
        while waiting:
            path = waiting.pop(0)
            parts = urlsplit(path)
            kind = kind_of(stage.app, parts.path)
            if kind is None or path in known or seen[kind] >= of_a_kind:
                continue
            known.add(path)
            Asked.names = set()
            answer = stage.ask(who, "as it is", "GET", path)
            if answer.status_code != 200:
                continue
            seen[kind] += 1
            endpoint = kind.split("/")[0]
            stage.pages.setdefault(who, {}).setdefault(kind, []).append(path)
            stage.parameters[kind] |= Asked.names - {"csrf_token"}
            stage.parameters[kind] |= {name for name, _ in parse_qsl(parts.query)}
            if answer.mimetype != "text/html":
                continue
            for link in LINK.findall(answer.text):
                target = urljoin(path, unescape(link)).split("#")[0]
                if not urlsplit(target).netloc:
                    waiting.append(target)
            for method, action, sent, taken in forms_of(path, answer.text, stage.day):
                inner = kind_of(stage.app, action)
                if method == "GET" and inner is not None:
                    stage.parameters[inner] |= {name for name, _ in sent}
                elif method == "POST":
                    _keep_form(stage, who, endpoint, action, sent, tuple(taken))


def _keep_form(
    stage: Stage, who: str, shown_by: str, action: str, sent: Any, taken: tuple[str, ...]
) -> None:
    adapter = stage.app.url_map.bind("")
    try:
        endpoint, values = adapter.match(urlsplit(action).path, "POST")
    except Exception:
        stage.blame("form leads nowhere", who, action, shown_by)
        return
    names = tuple(sorted({name for name, _ in sent}))
    # A reader who is shown another set of fields is shown another form.
    words = [str(v) for k, v in sorted(values.items()) if k in ("segment", "act", "step")]
    key = (endpoint, *words, names if endpoint not in ("plans.set_ladder",) else ())
    if len(names) > 60:
        key = (endpoint, *words)
    stage.forms.setdefault(key, FormFound(action, endpoint, sent, taken))
    stage.shown[key].append(who)


# --- sending -----------------------------------------------------------------------------

Pairs = Sequence[tuple[str, bytes]]
Sent = dict[str, tuple[str, bytes]]


def urlencoded(pairs: Pairs) -> bytes:
    return b"&".join(
        quote_from_bytes(name.encode("utf-8", "surrogateescape")).encode()
        + b"="
        + quote_from_bytes(value).encode()
        for name, value in pairs
    )


def multipart(pairs: Pairs, sent: Sent) -> tuple[str, bytes]:
    """The body a browser makes, of any bytes."""
    mark, out = uuid4().hex, []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'.encode("utf-8", "replace")
        out.append(b"--" + mark.encode() + b"\r\n" + head + b"\r\n\r\n" + value + b"\r\n")
    for name, (file, content) in sent.items():
        said = file.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'Content-Disposition: form-data; name="{name}"; filename="{said}"'.encode()
        out.append(
            b"--" + mark.encode() + b"\r\n" + head
            + b"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"
        )  # fmt: skip
    out.append(b"--" + mark.encode() + b"--\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(out)


def post(
    stage: Stage,
    who: str,
    what: str,
    form: FormFound,
    pairs: Pairs,
    sent: Sent | None = None,
    token: bool = True,
    **options: Any,
) -> TestResponse:
    """Send a form as its page would, with a key and a token of this reader."""
    pairs = [(n, v) for n, v in pairs if n != "idempotency_key" or v != b"?"]
    if not any(n == "idempotency_key" for n, _ in pairs) and ("idempotency_key" in form.names):
        pairs = [*pairs, ("idempotency_key", uuid4().hex.encode())]
    if token:
        pairs = [*pairs, ("csrf_token", stage.readers[who].token.encode())]
    if form.files:
        kind, body = multipart(pairs, sent or {})
    else:
        kind, body = URLENCODED, urlencoded(pairs)
    path = form.action
    answer = stage.ask(who, what, "POST", path, data=body, content_type=kind, **options)
    group = stage.accepted if answer.status_code in (200, 302, 303) else stage.refused
    group[form.endpoint] += 1
    # A host that is none of ours gets no page at all.
    lost = (
        answer.mimetype == "text/html"
        and 400 <= answer.status_code < 500
        and answer.status_code not in (403, 404, 413)
    )
    if lost and token:
        typed = [v.decode("utf-8", "replace") for n, v in pairs if v == TYPED.encode()]
        if typed and TYPED not in answer.text:
            stage.blame(
                "typed words lost", who, f"POST {form.endpoint}", what, str(answer.status_code)
            )
    return answer


def pairs_of(form: FormFound) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in form.fields if name != "idempotency_key"]


def slips(form: FormFound, few: bool) -> Iterator[tuple[str, Pairs]]:
    """The form with one thing wrong, each in its turn."""
    right = pairs_of(form)
    yield "an extra field", [*right, ("is_admin", b"1")]
    yield "an extra field of nonsense", [*right, ("\udcff\x01" + CANARY, b"1")]
    yield "nothing at all", []
    for name in form.names:
        others = [(n, v) for n, v in right if n != name]
        yield f"{name}: missing", others
        yield f"{name}: twice", [*others, (name, b"1"), (name, b"2")]
        yield f"{name}: as a list", [*others, (f"{name}[]", b"1")]
        for what in FEW if few else ODD:
            yield f"{name}: {what}", [*others, (name, ODD[what])]


# --- the campaign ------------------------------------------------------------------------


class Lot:
    """Every so-many-th of a stream, always the same ones."""

    def __init__(self, share: int) -> None:
        self.share, self.turn = share, itertools.count()

    def falls(self) -> bool:
        return next(self.turn) % self.share == 0


def try_forms(stage: Stage, lot: Lot) -> None:
    """Each form, each field, each value, as one who was shown it; then as everybody else."""
    for key, form in list(stage.forms.items()):
        mine, right, file = stage.shown[key][0], pairs_of(form), _right_file(form)
        plain = FormFound(form.action, form.endpoint, form.fields)
        post(stage, mine, "as it is", form, right, file)
        for what, pairs in slips(form, few=False):
            if lot.falls():
                post(stage, mine, what, form, pairs, file)
        for name in form.files:
            for what, sent in files().items():
                if lot.falls():
                    post(stage, mine, f"{name}: {what}", form, right, {name: sent})
            if lot.falls():
                as_text = [*right, (name, b"text where a file is expected")]
                post(stage, mine, f"{name}: text", form, as_text)
        if lot.falls():
            first = form.names[:1]
            odd = FormFound(form.action, form.endpoint, form.fields, first)
            rest = [(name, value) for name, value in right if name not in first]
            sent_as_file = dict.fromkeys(first, ("a.txt", b"x"))
            post(stage, mine, "a file for text", odd, rest, sent_as_file)
        if lot.falls():
            post(stage, mine, "no token", plain, right, token=False)
        for what, (kind, body) in BODIES.items():
            if lot.falls():
                stage.ask(mine, what, "POST", form.action, data=body, content_type=kind)
        for what, headers in HEADERS.items():
            if lot.falls():
                post(stage, mine, what, plain, right, headers=headers)
        for who in stage.readers:
            if who in stage.shown[key]:
                continue
            post(stage, who, "as it is", form, right, file)
            for what, pairs in slips(form, few=True):
                if lot.falls():
                    post(stage, who, what, form, pairs)


def try_pages(stage: Stage, lot: Lot) -> None:
    """Each page, each parameter, each value; headers, methods, words that nobody asked for."""
    done: set[str] = set()
    for who in stage.readers:
        for kind, paths in stage.pages.get(who, {}).items():
            path, is_first = paths[0].split("?")[0], kind not in done
            done.add(kind)
            names = sorted(stage.parameters[kind] | {"unheard-of"})
            questions: list[tuple[str, Pairs]] = []
            for name in names:
                values = ODD if is_first else FEW
                questions += [(f"{name}: {what}", [(name, ODD[what])]) for what in values]
                questions.append((f"{name}: twice", [(name, b"1"), (name, b"2")]))
            for what in FEW:
                questions.append((f"all: {what}", [(name, ODD[what]) for name in names]))
            for what, pairs in questions:
                if lot.falls():
                    stage.ask(who, what, "GET", f"{path}?{urlencoded(pairs).decode()}")
            for what, headers in HEADERS.items() if is_first else ():
                if lot.falls():
                    stage.ask(who, what, "GET", path, headers=headers)
            for method in METHODS if is_first else ():
                if lot.falls():
                    stage.ask(who, "method", method, path)


def try_addresses(stage: Stage, lot: Lot) -> None:
    """Each part of each address that is not fixed, with each value, read and written."""
    walkers = [who for who in WALKERS if who in stage.readers]
    for rule in stage.app.url_map.iter_rules():
        variables = [data for is_dynamic, data in rule._trace if is_dynamic]
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        for name in variables:
            for what, value in PLACES.items():
                for who in walkers:
                    if not lot.falls():
                        continue
                    parts = [
                        (value if data == name else b"1") if is_dynamic else data.encode()
                        for is_dynamic, data in rule._trace
                    ]
                    raw = b"/" + b"".join(parts).split(b"|", 1)[-1].lstrip(b"/")
                    options: dict[str, Any] = {"raw_path": raw}
                    if method == "POST":
                        options["data"] = {"csrf_token": stage.readers[who].token}
                    stage.ask(who, what, method, f"{rule.rule} <{name}>", **options)


def _right_file(form: FormFound) -> Sent:
    name = "a small picture"
    return {form.files[0]: files()[name]} if form.files else {}


def live_on(stage: Stage) -> int:
    """Keep odd words wherever a form takes them, then read every page there is."""
    stage.is_dry = False
    kept = 0
    odd = ("control characters", "noncharacters", "right to left", "markup", "formula", "long")
    for (key, form), what in itertools.product(list(stage.forms.items()), odd):
        if form.endpoint in ("auth.sign_out", "account.change_password_now", "auth.language"):
            continue
        if form.endpoint.startswith("admin.") and what != odd[0]:
            continue
        typed = [(n, ODD[what] if v == TYPED.encode() else v) for n, v in pairs_of(form)]
        answer = post(stage, stage.shown[key][0], f"kept: {what}", form, typed, _right_file(form))
        kept += answer.status_code == 303
    stage.is_dry = True
    for who in stage.readers:
        for paths in stage.pages.get(who, {}).values():
            for path in paths:
                stage.ask(who, "after odd words were kept", "GET", path)
    explore(stage)
    return kept


def campaign(stage: Stage, share: int = SHARE) -> dict[str, Any]:
    """Everything, of which every so-many-th request is sent; the figures."""
    lot, begin = Lot(share), time.perf_counter()
    explore(stage)
    print(
        f"  … {sum(map(len, stage.pages.values()))} trang, {len(stage.forms)} biểu mẫu", flush=True
    )
    for part in (try_addresses, try_pages, try_forms):
        part(stage, lot)
        print(f"  … {part.__name__}: {stage.sent} yêu cầu, {len(stage.faults)} lỗi", flush=True)
    kept = live_on(stage)
    never = sorted({f.endpoint for f in stage.forms.values()} - set(stage.accepted))
    return {
        "requests": stage.sent,
        "forms": len(stage.forms),
        "fields": sum(len(f.names) for f in stage.forms.values()),
        "parameters": sum(map(len, stage.parameters.values())),
        "answers": dict(sorted(stage.answers.items())),
        "kept": kept,
        "never taken": never,
        "faults": len(stage.faults),
        "seconds": time.perf_counter() - begin,
    }


def told(faults: Iterable[Fault]) -> list[tuple[int, str, str]]:
    """The faults by what is wrong, the most frequent first, each with an example."""
    groups: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        groups[fault.group].append(fault)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [(len(f), g, f"{f[0].who}: {f[0].request} [{f[0].what}]") for g, f in ordered]


def tell_story(app: Flask) -> None:
    try:
        command_line(app, ["demo", "load", "--on", TOLD_UNTIL])
    except SystemExit as end:
        if end.code:
            raise


def main() -> None:
    figures: dict[str, Any] = {}
    rows = []
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app:
                tell_story(app)
                day = date.fromisoformat(TOLD_UNTIL)
                set_clock(app, end_of_day(day))
                readers = {who: reader(app, who) for who in READERS}
                with staged(app, day, readers) as stage:
                    found = campaign(stage)
                    faults = told(stage.faults)
            figures[engine] = found | {"found": faults}
            names = ("requests", "forms", "fields", "parameters", "kept", "faults", "seconds")
            rows.append((engine, *(found[n] for n in names)))
            show(f"{engine}: lỗi tìm thấy", ("times", "fault", "example"), faults)
    head = ("engine", "requests", "forms", "fields", "parameters", "kept", "faults", "seconds")
    show("Dữ liệu xấu vào mọi trường, mọi tham số, mọi tiêu đề", head, rows)
    print(f"\n{keep('hostile', figures)}")
