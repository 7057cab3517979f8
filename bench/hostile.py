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
import re
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit
from uuid import uuid4

from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import EnvironBuilder, TestResponse

from bench.databases import addresses, application
from bench.odd import BODIES, CANARY, FEW, HEADERS, METHODS, ODD, PLACES, URLENCODED, Lot, files
from bench.pages import TOLD_UNTIL
from bench.shown import TYPED, Asked, FormFound, forms_of
from bench.tables import keep, show
from cli import command_line
from tests.access.walk import LINK, READERS, kind_of, reader
from tests.visitors import set_clock
from tests.web.reader import Reader
from workflow.law.deadlines import end_of_day

SHARE = int(os.environ.get("DONDOC_BENCH_SHARE", "1"))
TOO_LONG = 3.0  # seconds of the processor itself: one browser could stop all others
WALKERS = ("stranger", "head", "standing head", "office", "inspector", "administrator")
# How many pages of one kind are looked through for forms that differ.
OF_A_KIND = 4
# What a refused request may leave: that it was refused, and what looking leaves.
ON_RECORD = {"refuse", "record_failed_sign_in", "search_log", "download"}
# A draft is kept before anything is done with it: whatever is wrong then, the words are safe.
KEPT_FIRST = {"save_draft"}
NO_BUSINESS = {"audit_entry", "audit_words", "outbox_event", "idempotency", "person_session"}
NO_BUSINESS |= {"sign_in_failure", "ledger_check"}
WRITES = re.compile(r"(?:^|\()\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
# A summary of faults, or a box that says what is wrong.
SAYS_WHY = ("data-error-summary", "dd-box-caution", "dd-box-grave", "Chưa có quyết định nào")
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
HERE = str(Path(__file__).resolve().parent.parent)


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
