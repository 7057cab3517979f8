#!/usr/bin/env python3
"""Checks the log of Đôn Đốc without Đôn Đốc: one file, Python's standard library, no network.

    python3 verify.py bien-nhan.tlog-proof --key KEY
    python3 verify.py goi-kiem-chung.zip [--key KEY] [--checkpoint FILE …]
    python3 verify.py dondoc.sqlite3 --key KEY [--files FOLDER] [--checkpoint FILE …]

KEY is the public key line printed in the decision that puts the system into use, or a file with
it. FILE holds signed heads kept outside (mails, papers, a witness). Exit code 0: all is well;
1: something is wrong, with the first bad entry; 2: this is nothing that can be checked.
It imports nothing of the system it checks, and repeats here what the law of the system says.
"""

import argparse
import base64
import binascii
import collections
import contextlib
import functools
import gc
import hashlib
import io
import itertools
import json
import multiprocessing
import operator
import os
import re
import sqlite3
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

CHECKS = (
    "numbering",
    "leaf_hash",
    "canonical",
    "columns",
    "state",
    "attachments",
    "checkpoints",
)
TITLES: dict[str, str] = {
    "numbering": "Số thứ tự liên tục từ 0, không thiếu, không lặp",
    "leaf_hash": "Mã băm của từng mục đúng với nội dung",
    "canonical": "Nội dung được ghi theo đúng một cách duy nhất",
    "columns": "Các cột tra cứu khớp với nội dung",
    "state": "Chuyển trạng thái đúng luật; cộng dồn các mục ra đúng dữ liệu hiện có",
    "attachments": "Tệp đính kèm còn nguyên",
    "checkpoints": "Mọi niêm phong, trong và ngoài hệ thống, đều khớp",
}
# What each command may do to a cycle (from where, to where; None keeps the state). A test of the
# system holds this table equal to its law.
MOVES: dict[str, tuple[tuple[str | None, ...], str | None]] = {
    "assign": ((None,), "assigned"),
    "accept": (("assigned",), "in_progress"),
    "decline": (("assigned",), None),
    "answer_decline": (("assigned",), None),
    "update_progress": (("in_progress",), None),
    "contribute": (("assigned", "in_progress"), None),
    "save_draft": (("in_progress",), None),
    "report": (("in_progress",), "reported"),
    "withdraw": (("reported",), "in_progress"),
    "appraise": (("reported",), None),
    "return": (("reported",), "in_progress"),
    "verify": (("reported",), "verified"),
    "complete": (("verified",), "completed"),
    "reopen": (("verified", "completed"), "in_progress"),
    "set_deadline": (("assigned", "in_progress"), None),
    "ask_extension": (("assigned", "in_progress"), None),
    "decide_extension": (("assigned", "in_progress"), None),
    "extend_late": (("assigned", "in_progress"), None),
    "hold": (("assigned", "in_progress"), None),
    "resume": (("assigned", "in_progress"), None),
    "end": (("assigned", "in_progress", "reported"), None),
    "transfer": (("assigned", "in_progress"), None),
    "urge": (("assigned", "in_progress"), None),
    "flag": (("assigned", "in_progress", "reported", "verified"), None),
    "lower_flag": (("assigned", "in_progress", "reported", "verified"), None),
    "ask_explanation": (("assigned", "in_progress", "reported", "verified", "completed"), None),
    "explain": (("assigned", "in_progress", "reported", "verified", "completed"), None),
    "ask_support": (("assigned", "in_progress"), None),
    "note_silence": (("assigned", "in_progress"), None),
    "present_draft": (("in_progress",), None),
    "attach_file": (("in_progress",), None),
    "detach_file": (("in_progress",), None),
}
# Tables whose rows are not evidence, each with its reason. Every other table must be exactly what
# the entries add up to.
NOT_EVIDENCE = {
    "alembic_version": "the number of the schema",
    "audit_entry": "checked entry by entry",
    "audit_words": "what entries are found by; worked out from each of them",
    "ledger_place": "checked as numbering",
    "ledger_tile": "checked with the checkpoints",
    "ledger_checkpoint": "checked with the checkpoints",
    "ledger_check": "the system's word about itself proves nothing",
    "idempotency": "answers remembered for a month, so that a form sent twice acts once",
    "outbox_event": "what is still to be told; each event is an entry",
    "person_session": "who is signed in now; signing in and out are entries",
    "sign_in_failure": "counters of wrong passwords; each failure is an entry",
    "cycle_span": "worked out by the tick from the entries, and again after a loss",
    "alert": "worked out by the tick from the entries, and again after a loss",
    "ladder_tick": "until where the tick has worked",
    "notice": "what was told to whom on screen; it moves when it is read",
    "message": "mails on their way",
    "webhook_call": "news for other systems on its way",
    "typed_words": "what one person is typing; saving the draft is an entry",
}
SECRET = "(bí mật)"  # noqa: S105 (what the trail shows instead of a secret)
COLUMNS = (
    "uid",
    "at",
    "actor_id",
    "actor_name",
    "role",
    "agency_code",
    "command",
    "object_kind",
    "object_id",
    "object_label",
    "from_state",
    "to_state",
    "reason",
)
# What every body and its parts hold, no more and no less; "?" for what may be null. A change has
# made a row, changed it or taken it away.
SHAPE = {
    "body": {
        "schema": "number",
        "uid": "text",
        "batch": "text?",
        "at": "text",
        "actor": "object",
        "origin": "object",
        "command": "text",
        "object": "object",
        "from": "text?",
        "to": "text?",
        "reason": "text?",
        "document": "object?",
        "details": "object",
        "digests": "list",
        "changes": "list",
    },
    "actor": {
        "id": "number?",
        "login": "text?",
        "name": "text",
        "role": "text?",
        "agency": "text?",
        "agency_name": "text?",
        "capacity": "text?",
        "on_behalf_of": "text?",
    },
    "origin": {"channel": "text", "network": "text?", "session": "text?", "request": "text?"},
    "object": {
        "kind": "text",
        "id": "number?",
        "label": "text",
        "version_before": "number?",
        "version_after": "number?",
    },
    "made": {"table": "text", "id": "number", "after": "object"},
    "changed": {"table": "text", "id": "number", "before": "object", "after": "object"},
    "taken": {"table": "text", "id": "number", "before": "object"},
}
KINDS = {"text": str, "number": int, "object": dict, "list": list}
MAGIC = "c2sp.org/tlog-proof@v1"
DASH = "\u2014"
SAFE = 2**53 - 1  # larger integers are not read the same by every program


class Bad(Exception):
    """What is wrong, in a code and a Vietnamese sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


# ------------------------------------------------------------------------ Ed25519 (RFC 8032)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(a: Point) -> Point:
    x, y, z = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2] % P
    h = x + y
    e, g = h - (a[0] + a[1]) ** 2 % P, x - y
    f = z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _multiples(a: Point) -> list[Point]:
    found: list[Point] = [(0, 1, 1, 0)]
    for _ in range(15):
        found.append(_add(found[-1], a))
    return found


_base = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
BASE = _multiples(_base) if _base else []


@functools.lru_cache(maxsize=64)
def _minus(public: bytes) -> list[Point]:
    """The multiples of the negative of a key's point; none when it is no point."""
    key = _point(public)
    return _multiples((P - key[0], key[1], 1, P - key[3])) if key else []


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """True when this Ed25519 key has signed this message."""
    if len(signature) != 64 or len(public) != 32:
        return False
    minus, s = _minus(public), int.from_bytes(signature[32:], "little")
    if not minus or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    sum_: Point = (0, 1, 1, 0)
    for shift in range(252, -1, -4):
        sum_ = _double(_double(_double(_double(sum_))))
        if s >> shift & 15:
            sum_ = _add(sum_, BASE[s >> shift & 15])
        if h >> shift & 15:
            sum_ = _add(sum_, minus[h >> shift & 15])
    inverse = pow(sum_[2], P - 2, P)
    x, y = sum_[0] * inverse % P, sum_[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ------------------------------------------------------------------------ notes and receipts


def base64_strictly(text: str) -> bytes:
    """The bytes, when this is the one text that stands for them."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("not_base64", "Có dòng không phải base64.") from None
    if base64.b64encode(raw).decode() != text:
        raise Bad("not_base64", "Có dòng base64 viết không đúng chuẩn.")
    return raw


NAME = re.compile(r"[!-*,-~]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
EPOCH = re.compile(r"/([1-9][0-9]{0,8})\Z")
TIME = re.compile(r"time [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class Key:
    """A public key line: name+id+base64."""

    def __init__(self, text: str) -> None:
        parts = text.split("+", 2)
        if len(parts) != 3 or not NAME.fullmatch(parts[0]):
            raise Bad("not_a_key", "Không phải một dòng khóa công khai.")
        raw = base64_strictly(parts[2])
        self.text, self.name, self.raw = text, parts[0], raw[1:]
        whole = self.name.encode() + b"\n\x01" + self.raw
        self.id = hashlib.sha256(whole).digest()[:4]
        if len(raw) != 33 or raw[0] != 1 or self.id.hex() != parts[1]:
            raise Bad("not_a_key", "Dòng khóa công khai không khớp mã của nó.")

    @classmethod
    def of(cls, name: str, raw: bytes) -> "Key":
        """The key of these 32 bytes, under the name of its log."""
        key_id = hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]
        encoded = base64.b64encode(b"\x01" + raw).decode()
        return cls(f"{name}+{key_id.hex()}+{encoded}")

    @property
    def fingerprint(self) -> str:
        """What is printed on paper, to be compared by eye."""
        found = hashlib.sha256(self.raw).hexdigest()[:32]
        return " ".join(found[i : i + 4] for i in range(0, 32, 4))


class Note:
    """A signed head, parsed strictly: rendered again it is the same text."""

    def __init__(self, text: str) -> None:
        self.text = text
        body, blank, tail = text.rpartition("\n\n")
        lines = body.split("\n")
        if not blank or len(lines) != 4 or not NAME.fullmatch(lines[0]) or tail[-1:] != "\n":
            raise Bad("not_a_checkpoint", "Không phải một niêm phong.")
        if not SIZE.fullmatch(lines[1]) or not TIME.fullmatch(lines[3]):
            raise Bad("not_a_checkpoint", "Niêm phong ghi sai kích thước hoặc thời gian.")
        self.origin, self.size, self.root = lines[0], int(lines[1]), base64_strictly(lines[2])
        self.at, self.body = lines[3][5:], body + "\n"
        if len(self.root) != 32:
            raise Bad("not_a_checkpoint", "Gốc của niêm phong không phải SHA-256.")
        self.signatures: list[tuple[str, bytes]] = []
        for line in tail[:-1].split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != DASH or not NAME.fullmatch(parts[1]):
                raise Bad("not_a_checkpoint", "Dòng chữ ký viết không đúng.")
            self.signatures.append((parts[1], base64_strictly(parts[2])))
        if len(self.signatures) > 16:
            raise Bad("not_a_checkpoint", "Quá nhiều chữ ký.")
        if len({(name, s[:4]) for name, s in self.signatures}) < len(self.signatures):
            raise Bad("not_a_checkpoint", "Một khóa ký hai dòng.")

    @property
    def epoch(self) -> int:
        """Which history of its log it is of; 0 when it names none."""
        number = EPOCH.search(self.origin)
        return int(number[1]) if number else 0

    def signed_by(self, key: Key) -> bool:
        """True when this key has signed it, and no line of this key is false."""
        mine = [s[4:] for name, s in self.signatures if (name, s[:4]) == (key.name, key.id)]
        return bool(mine) and all(signed_by(key.raw, self.body.encode(), s) for s in mine)


ROTATION = "/rotation"


def with_successors(note: Note, keys: Iterable[Key]) -> list[Key]:
    """These keys, and those they have signed for in the note's own lines, one after the other.

    Such a line is in the name of the log and `/rotation`, under the id of the old key: the new
    key's 32 bytes and the old one's signature over both key lines.
    """
    known = list(keys)
    for name, line in note.signatures:
        for old in [k for k in known if (k.name + ROTATION, k.id) == (name, line[:4])]:
            if len(line) != 100:
                continue
            new = Key.of(old.name, line[4:36])
            if signed_by(old.raw, said_of_rotation(old.text, new.text), line[36:]):
                known.append(new)
    return known


def said_of_rotation(old: str, new: str) -> bytes:
    """What the old key signs when another one takes its place."""
    return f"dondoc key rotation\n{old}\n{new}\n".encode()


def notes_in(text: str) -> Iterator[str]:
    """The signed heads of a file that holds one after the other, a blank line between them."""
    parts = text.replace("\r\n", "\n").strip("\n").split("\n\n")
    for i in range(0, len(parts), 2):
        yield "\n\n".join(parts[i : i + 2]).strip("\n") + "\n"


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(found: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Bad("proof", "Vị trí nằm ngoài nhật ký.")
    at, last = index, size - 1
    for sibling in proof:
        if not last:
            raise Bad("proof", "Đường chứng minh quá dài.")
        if at & 1 or at == last:
            found = node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Bad("proof", "Đường chứng minh quá ngắn.")
    return found


def check_receipt(text: str, keys: list[Key]) -> dict[str, Any]:
    """What a receipt proves; Bad when it proves nothing."""
    front, blank, tail = text.partition("\n\n")
    lines = front.split("\n")
    if not blank or not 3 <= len(lines) <= 67 or lines[0] != MAGIC:
        raise Bad("not_a_receipt", "Không phải một biên nhận.")
    if lines[1][:6] != "extra " or lines[2][:6] != "index " or not SIZE.fullmatch(lines[2][6:]):
        raise Bad("not_a_receipt", "Biên nhận thiếu nội dung hoặc vị trí.")
    raw, proof = base64_strictly(lines[1][6:]), [base64_strictly(x) for x in lines[3:]]
    if any(len(x) != 32 for x in proof):
        raise Bad("not_a_receipt", "Đường chứng minh có mã băm sai độ dài.")
    note = Note(tail)
    if not any(note.signed_by(key) for key in with_successors(note, keys)):
        raise Bad("signature", "Niêm phong không do khóa đã cho ký.")
    index = int(lines[2][6:])
    if root_from(leaf(raw), index, note.size, proof) != note.root:
        raise Bad("proof", "Nội dung không nằm trong nhật ký đã niêm phong.")
    try:
        body = parse_body(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Bad("canonical.differs", "Nội dung không phải chữ UTF-8.") from None
    return {"index": index, "size": note.size, "origin": note.origin, "at": note.at, "body": body}


# ------------------------------------------------------------------------ bodies


def _no_float(text: str) -> Any:
    raise Bad("canonical.differs", f"Nội dung có số không nguyên: {text}.")


def _whole(text: str) -> int:
    found = int(text)
    if not -SAFE <= found <= SAFE:
        raise Bad("canonical.differs", f"Nội dung có số quá lớn: {text}.")
    return found


CAREFUL = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float, parse_int=_whole)
QUICK = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
# Every digit as 0 and all else as a blank: without a run of 16 no number can be too large.
DIGITS = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
LONG = b"0" * len(str(SAFE))
ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


def _encoder() -> Callable[[Any], str]:
    """ENCODER.encode, with the part in C made once and not for every entry where that is there."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return ENCODER.encode
    quote = json.encoder.encode_basestring
    quick = make(None, ENCODER.default, quote, None, ":", ",", True, False, False)
    return lambda value: "".join(quick(value, 0))


encode = _encoder()


def parse_body(text: str) -> dict[str, Any]:
    """The content of an entry; Bad unless it is written the one canonical way."""
    may_be_large = LONG in text.encode("utf-8", "surrogatepass").translate(DIGITS)
    try:
        # What may stand after it is found by writing it again.
        body, _ = (CAREFUL if may_be_large else QUICK).raw_decode(text)
    except (ValueError, RecursionError):
        raise Bad("canonical.differs", "Nội dung không phải JSON.") from None
    if type(body) is not dict or encode(body) != text:
        raise Bad("canonical.differs", "Nội dung không viết theo dạng chuẩn.")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise Bad("canonical.differs", "Chữ trong nội dung không ở dạng NFC.")
    check_shape(body)
    return body


_fitting: set[tuple[Any, ...]] = set()  # the parts that were seen to fit: names, then kinds


def fits(part: str, value: Any) -> bool:
    """It holds what this part of a body holds."""
    if type(value) is not dict:
        return False
    seen = (part, *value, *map(type, value.values()))
    if seen not in _fitting:
        shape = SHAPE[part]
        if value.keys() != shape.keys():
            return False
        for name, kind in shape.items():
            may_be_null = kind[-1] == "?" and value[name] is None
            if type(value[name]) is not KINDS[kind.rstrip("?")] and not may_be_null:
                return False
        _fitting.add(seen)
    return True


def check_shape(body: dict[str, Any]) -> None:
    """Bad unless the body of an entry, and each part of it, holds what it ought to and no more."""
    if not fits("body", body) or body["schema"] != 1:
        raise Bad("canonical.shape", "Nội dung thiếu hoặc thừa phần.")
    for part in ("actor", "origin", "object"):
        if not fits(part, body[part]):
            raise Bad("canonical.shape", f"Phần {part} sai dạng.")
    for change in body["changes"]:
        if not (fits("changed", change) or fits("made", change) or fits("taken", change)):
            raise Bad("canonical.shape", "Phần changes sai dạng.")
    if any(type(digest) is not str for digest in body["digests"]):
        raise Bad("canonical.shape", "Phần digests sai dạng.")


# ------------------------------------------------------------------------ where the log comes from


Table = tuple[str, list[str], Iterator[tuple[Any, ...]]]
ALL = "1 = 1"  # every row


class Part:
    """The rows one of two processes looks at: of each table those below a number, or the others.

    Rows of tables that are not named, and rows without a number, are the first one's.
    """

    def __init__(self, bounds: dict[str, Any], is_first: bool) -> None:
        self.bounds, self.is_first = bounds, is_first

    def in_sql(self, table: str) -> str | None:
        """The condition on this table's id; None when no row of it is wanted."""
        bound = self.bounds.get(table)
        if bound is None:
            return ALL if self.is_first else None
        return f"id IS NULL OR id < {bound:d}" if self.is_first else f"id >= {bound:d}"

    def has(self, table: str, row_id: Any) -> bool:
        bound = self.bounds.get(table)
        return (bound is None or not row_id or row_id < bound) is self.is_first


class Source:
    """A log to be checked. Rows are told in canonical values; tables() may be withheld."""

    has_tables = True
    has_unsealed = True
    keys: tuple[str, ...] = ()
    files: "Files | None" = None

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[tuple[Any, ...]]:
        """(position or None, body, leaf hash, *COLUMNS), by position, then the unplaced.

        A part of them: from the position `start` on; up to `end`, and then none without a place.
        """
        raise NotImplementedError

    def tables(self, part: "Part | None" = None) -> Iterator[Table]:
        """Every table with its columns and rows; those of one part, where there is one."""
        raise NotImplementedError

    def checkpoints(self) -> Iterator[tuple[int, str, str, str, str]]:
        """(size, origin, root in hex, at, note)."""
        raise NotImplementedError

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """(level, index, hashes) of the whole tiles that are kept."""
        raise NotImplementedError

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        """The file's bytes in pieces; None when it is not there."""
        raise NotImplementedError

    has_attachments = False


SPACED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{3})000")
SPACED_IN_SQL = "0000-00-00 00:00:00.000".replace("0", "[0-9]") + "000"


def moment(value: Any) -> Any:
    """SQLite's way to write an instant, as the body writes it; anything else stays as it is."""
    found = SPACED.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}T{found[2]}.{found[3]}Z" if found else value


def moment_in_sql(column: str) -> str:
    """As moment() does it, without a word of Python for each of a million rows."""
    return (
        f"CASE WHEN typeof({column}) = 'text' AND {column} GLOB '{SPACED_IN_SQL}' "
        f"THEN substr({column}, 1, 10) || 'T' || substr({column}, 12, 12) || 'Z' "
        f"ELSE {column} END"
    )


class Document(str):
    """A value that is itself JSON, in an export: to the letter, as it was hashed."""


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


class Files:
    """Attachments in a folder, by their digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, sha256: str) -> Iterator[bytes] | None:
        path = self.folder / sha256[:2] / sha256
        if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.is_file():
            return None
        return self._pieces(path)

    def _pieces(self, path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece


class SqliteFile(Source):
    """The database file itself, read in one snapshot."""

    def __init__(self, db: sqlite3.Connection, files: Path | None = None) -> None:
        self.db = db
        self.files = Files(files) if files else None
        self.has_attachments = files is not None

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[tuple[Any, ...]]:
        columns = ", ".join(moment_in_sql("a.at") if c == "at" else f"a.{c}" for c in COLUMNS)
        # The whole is read with whatever number somebody gave it.
        conditions = [f"p.position >= {start:d}"] if start else []
        conditions += [f"p.position < {end:d}"] if end is not None else []
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        placed = (
            f"SELECT p.position, a.body, a.leaf_hash, {columns} FROM ledger_place p "
            f"LEFT JOIN audit_entry a ON a.uid = p.entry_uid {where} ORDER BY p.position"
        )
        fresh = (
            f"SELECT NULL, a.body, a.leaf_hash, {columns} FROM audit_entry a WHERE NOT EXISTS "
            "(SELECT 1 FROM ledger_place p WHERE p.entry_uid = a.uid) ORDER BY a.id"
        )
        for statement in (placed, fresh) if end is None else (placed,):
            yield from self.db.execute(statement)

    def tables(self, part: Part | None = None) -> Iterator[Table]:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (table,) in self.db.execute(named).fetchall():
            where = part.in_sql(table) if part else ALL
            if where and not table.startswith("sqlite_"):
                info = self.db.execute(f'PRAGMA table_info("{table}")').fetchall()
                yield table, [name for _, name, *_ in info], self._rows(table, info, where)

    def _rows(
        self, table: str, info: list[tuple[Any, ...]], where: str
    ) -> Iterator[tuple[Any, ...]]:
        columns = [
            moment_in_sql(f'"{name}"') if kind == "DATETIME" else f'"{name}"'
            for _, name, kind, *_ in info
        ]
        rows = self.db.execute(f'SELECT {", ".join(columns)} FROM "{table}" WHERE {where}')
        documents = [i for i, _, kind, *_ in info if kind == "JSON"]
        if not documents:
            yield from rows
        for kept in rows:
            row = list(kept)
            for i in documents:
                row[i] = _json(row[i])
            yield tuple(row)

    def checkpoints(self) -> Iterator[tuple[int, str, str, str, str]]:
        statement = "SELECT size, origin, root, at, note FROM ledger_checkpoint ORDER BY size"
        for size, origin, root, at, note in self.db.execute(statement):
            yield size, origin, root, moment(at), note

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        for level, tile, hashes in self.db.execute("SELECT level, tile, hashes FROM ledger_tile"):
            yield level, tile, bytes(hashes)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        return self.files.open(sha256) if self.files else None


# How the lines of a bundle are written. Whole numbers are whole however they are spelled, and none
# is larger than a browser can tell from the next one.


def _number(text: str) -> int | float:
    found = float(text)
    return int(found) if found.is_integer() else found


def _no_number(text: str) -> Any:
    raise ValueError(text)


LINE = json.JSONDecoder(parse_float=_number, parse_constant=_no_number)
NOTHING = type(None)
HEX = re.compile("(?:[0-9a-f]{2})*")
LEVELS = 6  # of tiles: 256 to the 7th entries
LONGEST = 64 << 20  # bytes in a line; the largest plan is loaded by an entry of a few


def malformed(name: str, line: int) -> Bad:
    return Bad("bundle.malformed", f"Gói hỏng: phần {name}, dòng {line} viết không đúng dạng.")


def read_line(line: bytes) -> Any:
    """The value a line holds; ValueError for none, and for more than anybody would write."""
    if len(line) > LONGEST:
        raise ValueError
    text = line.decode("utf-8")
    if text[:1] not in "[{":
        return LINE.decode(text)
    told, end = LINE.raw_decode(text)
    if text[end:] not in ("\n", ""):
        return LINE.decode(text)
    return told


def are_texts(value: Any) -> bool:
    """A list of texts, none of them twice."""
    is_list = type(value) is list and all(type(x) is str for x in value)
    return is_list and len(set(value)) == len(value)


def is_count(value: Any, most: int = SAFE) -> bool:
    """A whole number from 0 on."""
    return type(value) is int and 0 <= value <= most


def is_entry(row: Any) -> bool:
    """[position or null, body, leaf hash, *COLUMNS]; all null where the entry is gone."""
    if type(row) is not list or len(row) != 3 + len(COLUMNS):
        return False
    position = row[0]
    if position is not None and (type(position) is not int or not -SAFE <= position <= SAFE):
        return False
    return kinds_fit(tuple(map(type, row)))


@functools.lru_cache(4096)
def kinds_fit(kinds: tuple[type, ...]) -> bool:
    """Of what an entry holds: the text of the body and its hash, and then texts and numbers."""
    return {*kinds[1:3]} <= {str, NOTHING} and {*kinds[3:]} <= {str, int, NOTHING}


@functools.lru_cache(4096)
def are_plain(kinds: tuple[type, ...]) -> bool:
    """Of what a row holds: no list and nothing with parts."""
    return {*kinds} <= {str, int, float, bool, NOTHING}


def is_head(row: Any) -> bool:
    """[size, origin, root, at, note]."""
    if type(row) is not list or len(row) != 5 or not is_count(row[0]):
        return False
    return all(type(text) is str for text in row[1:])


def is_tile(row: Any) -> bool:
    """[level, index, hashes in hex]."""
    if type(row) is not list or len(row) != 3:
        return False
    is_place = is_count(row[0], LEVELS) and is_count(row[1])
    return is_place and type(row[2]) is str and HEX.fullmatch(row[2]) is not None


def row_of(columns: list[str]) -> Callable[[Any], bool]:
    """What a row of a table with these columns is: a value for each, and a whole number as id."""
    at = columns.index("id") if "id" in columns else None

    def is_row(row: Any) -> bool:
        if type(row) is not list or len(row) != len(columns):
            return False
        if at is not None and type(row[at]) is not int:
            return False
        return are_plain(tuple(map(type, row)))

    return is_row


class Bundle(Source):
    """An exported zip, or the folder it was unpacked into."""

    def __init__(self, path: Path, files: Path | None = None) -> None:
        self.folder = path if path.is_dir() else None
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        self.names = set(self.zip.namelist()) if self.zip else set()
        if not self._has("entries.ndjson") or not self._has("checkpoints.ndjson"):
            raise Bad("not_a_bundle", "Không phải gói kiểm chứng: thiếu các mục hoặc niêm phong.")
        told = self._manifest()
        self.table_names = told.get("tables") or []
        self.documents = told.get("documents") or {}
        self.has_tables = bool(self.table_names)
        self.has_unsealed = self.has_tables
        self.keys = tuple(self._text("key.txt").split()) if self._has("key.txt") else ()
        self.files = Files(files) if files else None
        self.has_attachments = bool(told.get("files")) or files is not None

    @property
    def unpacked(self) -> int:
        """Bytes of all parts, by the zip's own word, beyond which nothing is read."""
        return sum(part.file_size for part in self.zip.infolist()) if self.zip else 0

    def _has(self, name: str) -> bool:
        return (self.folder / name).is_file() if self.folder else name in self.names

    def _open(self, name: str) -> Any:
        if not self._has(name):
            raise Bad("bundle.missing", f"Gói thiếu phần {name}.")
        if self.folder:
            return (self.folder / name).open("rb")
        return self.zip.open(name) if self.zip else None

    def _text(self, name: str) -> str:
        with self._open(name) as file:
            text: str = file.read().decode("utf-8")
        return text

    def _manifest(self) -> dict[str, Any]:
        """What the bundle says of itself; Bad unless it is written as it ought to be."""
        if not self._has("manifest.json"):
            return {}
        try:
            with self._open("manifest.json") as file:
                told: dict[str, Any] = read_line(file.read(LONGEST + 1))
            is_well = type(told) is dict and type(told.get("files", False)) is bool
            is_well = is_well and are_texts(told.get("tables") or [])
            documents = told.get("documents") or {} if is_well else None
            is_well = type(documents) is dict and all(map(are_texts, documents.values()))
        except (ValueError, RecursionError):
            is_well = False
        if not is_well:
            raise malformed("manifest.json", 1)
        return told

    def _lines(
        self, name: str, is_well: Callable[[Any], bool], start: int = 0, end: int | None = None
    ) -> Iterator[Any]:
        """What stands in each line of a part; Bad at the first one that is not of its kind."""
        with io.BufferedReader(self._open(name), 1 << 16) as file:
            lines = iter(functools.partial(file.readline, LONGEST + 1), b"")
            for number, line in enumerate(itertools.islice(lines, start, end), start + 1):
                try:
                    told = read_line(line)
                except (ValueError, RecursionError):
                    raise malformed(name, number) from None
                if not is_well(told):
                    raise malformed(name, number)
                yield told

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[tuple[Any, ...]]:
        for row in self._lines("entries.ndjson", is_entry, start, end):
            yield tuple(row)

    def tables(self, part: Part | None = None) -> Iterator[Table]:
        for table in self.table_names:
            name = f"tables/{table}.ndjson"
            columns = next(self._lines(name, are_texts, 0, 1), None)
            if columns is None:
                raise Bad("bundle.missing", f"Gói thiếu các cột của bảng {table}.")
            lines = self._lines(name, row_of(columns), 1)
            yield table, columns, self._rows(table, columns, lines, part)

    def _rows(
        self, table: str, columns: list[str], lines: Iterator[Any], part: Part | None
    ) -> Iterator[tuple[Any, ...]]:
        at = columns.index("id") if "id" in columns else None
        documents = [columns.index(c) for c in self.documents.get(table, ()) if c in columns]
        for row in lines:
            if part and not part.has(table, None if at is None else row[at]):
                continue
            for i in documents:
                row[i] = Document(row[i]) if isinstance(row[i], str) else row[i]
            yield tuple(row)

    def checkpoints(self) -> Iterator[tuple[int, str, str, str, str]]:
        for row in self._lines("checkpoints.ndjson", is_head):
            yield tuple(row)

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        if not self._has("tiles.ndjson"):
            return
        for level, tile, hashes in self._lines("tiles.ndjson", is_tile):
            yield level, tile, bytes.fromhex(hashes)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        name = f"files/{sha256[:2]}/{sha256}"
        if self.files:
            return self.files.open(sha256)
        if not self._has(name):
            return None
        with self._open(name) as file:
            return iter([file.read()])


# ------------------------------------------------------------------------ the seven checks


class Findings:
    """Per check: the first bad entry with its code and sentence, and how many more."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[str, Any, str]] = {}
        self.count = dict.fromkeys(CHECKS, 0)
        self.skipped: dict[str, str] = {}
        self.notices: list[str] = []

    @property
    def is_log_whole(self) -> bool:
        """No entry is missing, moved or another one, as far as was looked.

        Else rows differ because of that, and the entry that last wrote them is not to blame.
        """
        return not self.first.keys() & {"numbering", "canonical", "state", "checkpoints"}

    def bad(self, check: str, where: Any, code: str, message: str) -> None:
        self.count[check] += 1
        before = self.first.get(check)
        # The first bad entry, not the first one noticed; entries without a place come last.
        if before is None or (
            isinstance(where, int) and not (isinstance(before[1], int) and before[1] <= where)
        ):
            self.first[check] = (code, where, message)


def answer(found: Findings, size: int, unsealed: int) -> dict[str, Any]:
    """What was found, in the order of the checks."""
    checks = []
    for name in CHECKS:
        first = found.first.get(name)
        more = found.count[name] - 1
        message = found.skipped.get(name, "Đạt.")
        if first:
            message = first[2] + (f" (và {more} chỗ khác)" if more > 0 else "")
        checks.append(
            {
                "name": name,
                "ok": first is None,
                "first_bad": first[1] if first else None,
                "message": message,
                "code": first[0] if first else None,
                "skipped": name in found.skipped and first is None,
            }
        )
    return {
        "ok": not found.first,
        "size": size,
        "unsealed": unsealed,
        "checks": checks,
        "notices": found.notices,
    }


class Places(dict[str, int]):
    """Where the columns of a table stand in its rows; one not seen before gets the next place."""

    shape: tuple[str, ...] = ()  # the columns of the first row, in their order: those of most

    def __missing__(self, column: str) -> int:
        place = self[column] = len(self) + 1
        return place


UNKNOWN = object()  # what a row held before the first entry that was read


class Fold:
    """What the entries add up to: every row of every table, with the entry that wrote it last.

    A fold that does not begin with the first entry takes a row it has not heard of for what the
    entry that speaks of it says it was; what it took is kept, to be held against what came before.
    """

    def __init__(self, is_whole: bool = True) -> None:
        self.is_whole = is_whole
        self.columns: dict[str, Places] = {}
        self.rows: dict[str, dict[Any, list[Any]]] = {}
        # By table. Rows that nobody may have had before; what others must have been before; and
        # of these the ones that were taken away, with the entry that did it.
        self.born = collections.defaultdict[str, set[Any]](set)
        self.taken = collections.defaultdict[str, dict[Any, dict[str, Any]]](dict)
        self.gone = collections.defaultdict[str, dict[Any, Any]](dict)

    def value(self, table: str, row_id: Any, column: str, told: Any = None) -> Any:
        """A column as the entries so far make it; None for what nobody wrote.

        Of a row that was there before the first entry that was read: what is told of it now.
        """
        row = self.rows.get(table, {}).get(row_id)
        if row is None and not self.is_whole and row_id not in self.born[table]:
            if told is None:
                self.born[table].add(row_id)
            else:
                row = self._take(table, row_id)
        if row is None:
            return None
        place = self.columns[table].get(column, len(row))
        found = row[place] if place < len(row) else self._unwritten(table, row_id)
        if found is UNKNOWN:
            self.taken[table][row_id][column] = told
            self._write(table, row_id, row, {column: told})
            return told
        return found

    def apply(self, change: dict[str, Any], where: Any) -> None:
        """One row inserted, updated or taken away; Bad when it does not fit what was before."""
        table, row_id = change["table"], change["id"]
        before, after = change.get("before"), change.get("after")
        if table not in self.rows:
            self.columns[table], self.rows[table] = Places(), {}
        columns, rows = self.columns[table], self.rows[table]
        row = rows.get(row_id)
        if before is None:
            if row is not None:
                raise Bad("state.twice", f"Dòng {table} số {row_id} được tạo hai lần.")
            row = rows[row_id] = [where]
            if not self.is_whole and row_id not in self.taken[table]:
                self.born[table].add(row_id)
        else:
            if row is None:
                row = self._take(table, row_id)
            for column, value in before.items():
                place = columns.get(column, len(row))
                stood = row[place] if place < len(row) else self._unwritten(table, row_id)
                if stood is UNKNOWN:
                    self.taken[table][row_id][column] = value
                elif stood != value or not is_alike(stood, value):
                    raise Bad(
                        "state.before",
                        f"{table} số {row_id}: {column} trước đó không phải như ghi.",
                    )
            row[0] = where
        if after is None:
            del rows[row_id]
            if row_id in self.taken[table]:
                self.gone[table][row_id] = where
            return
        if before is None and tuple(after) == columns.shape:
            row += [
                sys.intern(value) if type(value) is str and len(value) < 40 else value
                for value in after.values()
            ]
            return
        columns.shape = columns.shape or tuple(after)
        self._write(table, row_id, row, after)

    def _write(self, table: str, row_id: Any, row: list[Any], values: dict[str, Any]) -> None:
        columns = self.columns[table]
        places = [columns[column] for column in values]
        if len(row) <= len(columns):
            row.extend([self._unwritten(table, row_id)] * (len(columns) + 1 - len(row)))
        for place, value in zip(places, values.values(), strict=True):
            row[place] = sys.intern(value) if type(value) is str and len(value) < 40 else value

    def _take(self, table: str, row_id: Any) -> list[Any]:
        """A row that must have been there before; Bad when it cannot have been."""
        if self.is_whole or row_id in self.born[table] or row_id in self.taken[table]:
            raise Bad("state.unborn", f"Dòng {table} số {row_id} bị đổi khi chưa có.")
        self.taken[table][row_id] = {}
        self.columns.setdefault(table, Places())
        row = self.rows.setdefault(table, {})[row_id] = [None]
        return row

    def _unwritten(self, table: str, row_id: Any) -> Any:
        """What stands in a column nobody has written."""
        if self.is_whole or row_id not in self.taken[table] or row_id in self.gone[table]:
            return None
        return UNKNOWN

    def written(self, table: str, row_id: Any) -> dict[str, Any]:
        """What the entries say of one row, by column."""
        row = self.rows[table][row_id]
        told = ((column, row[at]) for column, at in self.columns[table].items() if at < len(row))
        return {column: value for column, value in told if value is not UNKNOWN}

    # ---- a whole of two parts

    def give_back(self) -> list[tuple[Any, dict[str, Any]]]:
        """All that became of the rows that were taken, as changes to what they were before.

        Each with the entry that wrote it last, None where they were only spoken of.
        """
        changes: list[tuple[Any, dict[str, Any]]] = []
        for table, rows in self.taken.items():
            for row_id, before in rows.items():
                what = {"table": table, "id": row_id}
                row = self.rows[table].get(row_id)
                if row_id in self.gone[table]:
                    where = self.gone[table][row_id]
                    changes.append((where, what | {"before": before, "after": None}))
                if row is not None:
                    after = what | {"after": self.written(table, row_id)}
                    is_new = row_id in self.gone[table]
                    changes.append((row[0], after if is_new else after | {"before": before}))
                    del self.rows[table][row_id]
            rows.clear()
        return changes

    def take_back(
        self, born: dict[str, set[Any]], changes: list[tuple[Any, dict[str, Any]]]
    ) -> None:
        """What a later part gives back, into this one; Bad when they do not fit together."""
        for table, ids in born.items():
            if not ids.isdisjoint(self.rows.get(table, ())):
                raise Bad("state.twice", f"Có dòng {table} được tạo hai lần.")
        for where, change in changes:
            there = self.rows.get(change["table"], {}).get(change["id"])
            self.apply(change, there[0] if there and where is None else where)

    def hand_over(self, bounds: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
        """The rows from these numbers on, as changes that make them; here they are no more."""
        changes = []
        for table, bound in bounds.items():
            rows = self.rows.get(table, {})
            for row_id in [row_id for row_id in rows if row_id >= bound]:
                after = self.written(table, row_id)
                where = rows.pop(row_id)[0]
                changes.append((where, {"table": table, "id": row_id, "after": after}))
        return changes


def same(told: Any, kept: Any) -> bool:
    """A value of the entries against the row's: equal, its digest, or hidden."""
    if type(kept) is Document:
        is_digest = type(told) is str and told.startswith("sha256:")
        return hashed(kept) == told if is_digest else told == SECRET or told == _json(kept)
    if told == kept:
        return True
    if type(told) is not str or kept is None:
        return False
    if told == SECRET:
        return True
    if told.startswith("sha256:"):
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashed(text) == told
    return False


def is_alike(one: Any, other: Any) -> bool:
    """Of two equal values: also written the same, which 1 and true are not."""
    if type(one) in (dict, list):
        return encode(one) == encode(other)
    return type(one) is type(other)


def hashed(text: str) -> str:
    """How an entry tells a value that it cannot hold."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_move(body: dict[str, Any], fold: Fold) -> None:
    """The act is a legal step of the cycle from where it stood."""
    kind, number = body["object"]["kind"], body["object"]["id"]
    moved = [
        (c["id"], c.get("before", {}).get("state"), c["after"]["state"])
        for c in body["changes"]
        if c["table"] == "cycle" and "state" in c.get("after", ())
    ]
    if kind != "cycle":
        if moved:
            raise Bad("state.illegal", "Trạng thái bị đổi bởi một việc không thuộc về nó.")
        return
    source, target = body["from"], body["to"]
    if source is None and target is None and not moved:
        return  # about the cycle, not of it
    stood = fold.value("cycle", number, "state", source)
    if source != stood:
        raise Bad("state.walk", f"Ghi là từ “{source}” nhưng lúc đó đang là “{stood}”.")
    known = MOVES.get(body["command"])
    if known and (source not in known[0] or target != (known[1] or source)):
        raise Bad("state.illegal", f"“{body['command']}” không được đi từ {source} đến {target}.")
    if not known and source != target:
        raise Bad("state.illegal", f"Không có bước “{body['command']}” từ {source} đến {target}.")
    if moved != ([(number, source, target)] if source != target else []):
        raise Bad("state.walk", "Trạng thái ghi trong mục khác với thay đổi của dòng.")
    told = body["object"]["version_before"]
    version = None if told is None else fold.value("cycle", number, "version", told)
    if told != version or not is_alike(told, version):
        raise Bad("state.version", f"Phiên bản trước là {version}, không phải như ghi.")


class Tree:
    """The growing tree, its roots at the sizes that were signed, and its whole tiles."""

    def __init__(self, wanted: Iterable[int], keep_tiles: bool) -> None:
        self.size, self.edge, self.level = 0, list[bytes](), list[list[bytes]]()
        self.wanted, self.roots = set(wanted), {0: hashlib.sha256(b"").digest()}
        self.keep_tiles, self.tiles = keep_tiles, dict[tuple[int, int], bytes]()
        self.open: list[list[bytes]] = [[]]

    def append(self, found: bytes) -> None:
        if self.keep_tiles:
            self._tile(found)
        size, edge = self.size, self.edge
        while size & 1:
            found = hashlib.sha256(b"\x01" + edge.pop() + found).digest()
            size >>= 1
        edge.append(found)
        self.size += 1
        if self.size in self.wanted:
            root = edge[-1]
            for left in reversed(edge[:-1]):
                root = node(left, root)
            self.roots[self.size] = root

    def _tile(self, found: bytes) -> None:
        level, index = 0, self.size
        while True:
            if level == len(self.open):
                self.open.append([])
            row = self.open[level]
            row.append(found)
            if len(row) < 256:
                return
            index //= 256
            self.tiles[level, index] = b"".join(row)
            while len(row) > 1:
                row = [node(row[i], row[i + 1]) for i in range(0, len(row), 2)]
            found, self.open[level] = row[0], []
            level += 1


def _check_columns(columns: tuple[Any, ...], body: dict[str, Any]) -> None:
    actor, thing = body["actor"], body["object"]
    told = (
        body["uid"],
        body["at"],
        actor["id"],
        actor["name"],
        actor["role"],
        actor["agency"],
        body["command"],
        thing["kind"],
        thing["id"],
        thing["label"],
        body["from"],
        body["to"],
        body["reason"],
    )
    if told != columns:
        which = [c for c, a, b in zip(COLUMNS, told, columns, strict=True) if a != b]
        raise Bad("columns.differ", f"Cột {', '.join(which)} khác với nội dung đã băm.")


Wrong = tuple[str, Any, str, str]
Judged = tuple[bytes, list[Wrong], dict[str, Any] | None]  # the leaf, what is wrong, the content
ABOUT_THE_LOG = ("rotate_key", "open_epoch")
# What their entries tell, and as what.
ROTATE = {"old": str, "new": str, "signature": str}
OPEN = {"kept": int, "epoch": int, "lost": str}


class Epoch(NamedTuple):
    """A history that goes on after a loss: its first entry, its number, the last head of each
    history that was lost, by its number."""

    kept: int
    number: int
    lost: dict[int, int]


def judge(row: tuple[Any, ...]) -> Judged:
    """Checks 2 to 4 of one row."""
    where, text = row[3] if row[0] is None else row[0], row[1]
    wrong: list[Wrong] = []
    try:
        raw = text.encode("utf-8")
    except (AttributeError, UnicodeEncodeError):
        wrong.append(("canonical", where, "canonical.text", f"Mục #{where} có ký tự hỏng."))
        text = text if type(text) is str else repr(text)
        raw = text.encode("utf-8", "surrogatepass")
    leaf_hash = hashlib.sha256(b"\x00" + raw)
    if leaf_hash.hexdigest() != row[2]:
        said = f"Mục #{where}: mã băm không phải của nội dung."
        wrong.append(("leaf_hash", where, "leaf_hash.differs", said))
    return leaf_hash.digest(), wrong, judge_body(where, text, row[3:], wrong)


def judge_body(
    where: Any, text: str, columns: tuple[Any, ...], wrong: list[Wrong]
) -> dict[str, Any] | None:
    """The content of one entry; what is bad about it is added to `wrong`."""
    try:
        body = parse_body(text)
    except Bad as problem:
        wrong.append(("canonical", where, problem.code, f"Mục #{where}: {problem.message}"))
        return None
    try:
        _check_columns(columns, body)
    except Bad as problem:
        wrong.append(("columns", where, problem.code, f"Mục #{where}: {problem.message}"))
    return body


def hours_between(since: str, until: str) -> float:
    """How long entries have waited for a head; for ever where a time cannot be read."""
    try:
        span = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    except (ValueError, TypeError):
        return float("inf")
    return span.total_seconds() / 3600


class Verifier:
    """One look at a whole log, or at the part of it that begins with the entry `start`."""

    def __init__(
        self,
        source: Source,
        keys: list[Key],
        outside: Iterable[str] = (),
        start: int = 0,
        accepted: Iterable[int] = (),
    ) -> None:
        """`accepted` are the epochs of which the reader knows the document that opened them."""
        self.source, self.keys, self.start = source, list(keys), start
        self.accepted = set(accepted)
        self.found, self.fold = Findings(), Fold(is_whole=not start)
        self.size = self.unsealed = 0
        self.seen = set[bytes]()
        self.special: list[tuple[dict[str, Any], int]] = []  # entries about the log itself
        self.rotations: list[tuple[int, Key]] = []
        self.epochs: list[Epoch] = []  # after the first one
        self.waiting: tuple[str, str] | None = None  # from when to when, what has no place yet
        self.notes = [] if start else self._notes(outside)

    def _notes(self, outside: Iterable[str]) -> list[tuple[Note, bool]]:
        notes: list[tuple[Note, bool]] = []
        bad = self.found.bad
        last = -1
        for size, origin, root, at, text in self.source.checkpoints():
            where = size if isinstance(size, int) else None
            try:
                note = Note(text)
            except Bad as problem:
                bad("checkpoints", where, problem.code, f"Niêm phong tại {size}: {problem.message}")
                continue
            if (note.size, note.origin, note.root.hex(), note.at) != (size, origin, root, at):
                bad(
                    "checkpoints",
                    min(size, note.size),
                    "checkpoints.columns",
                    f"Cột của niêm phong {size} khác với văn bản đã ký.",
                )
            if note.size <= last:
                bad(
                    "checkpoints",
                    note.size,
                    "checkpoints.twice",
                    f"Có hai niêm phong ở kích thước {note.size}.",
                )
            last = note.size
            notes.append((note, True))
        there = {note.text for note, _ in notes}
        for text in outside:
            if text in there:
                continue  # to the letter: it is judged as the one inside
            try:
                note = Note(text)
            except Bad as problem:
                bad("checkpoints", None, problem.code, f"Niêm phong bên ngoài: {problem.message}")
                continue
            notes.append((note, False))
        return notes

    def run(self, beside: "Beside | None" = None) -> dict[str, Any]:
        """All seven checks.

        Where another process looks at the second half, Doubt as soon as anything is wrong.
        """
        tiles = {(level, index): h for level, index, h in self.source.tiles()}
        tree = Tree((n.size for n, _ in self.notes), bool(tiles))
        self._entries(tree.append, beside.start if beside else None)
        part = self._join(beside) if beside else None
        for found in beside.leaves() if beside else ():
            tree.append(found)
        self._checkpoints(tree, tiles)
        self._attachments()
        if self.source.has_tables:
            self._tables(part)
        else:
            self.found.skipped["state"] = "Gói không kèm dữ liệu: chỉ kiểm các bước chuyển."
        if beside and (self.found.first or not beside.is_well()):
            raise Doubt
        return answer(self.found, self.size, self.unsealed)

    # ---- in two halves

    def _join(self, beside: "Beside") -> Part:
        """Take over what the other half has to tell, and agree on who looks at which rows."""
        told = beside.told()
        if self.found.first or self.size != beside.start or not self.seen.isdisjoint(told["seen"]):
            raise Doubt
        self.size, self.unsealed, self.waiting = told["size"], told["unsealed"], told["waiting"]
        self.fold.take_back(told["born"], told["changes"])
        for body, position in told["special"]:
            self._special(body, position)
        bounds = {table: min(ids) for table, ids in told["born"].items() if ids}
        beside.tell((bounds, self.fold.hand_over(bounds)))
        return Part(bounds, is_first=True)

    def second_half(self, pipe: Connection) -> None:
        """What run() does with the first one, told to whom is there; Bad when it is not well."""
        leaves: list[bytes] = []
        self._entries(leaves.append)
        if self.found.first:
            raise Doubt
        told: dict[str, Any] = {"size": self.size, "unsealed": self.unsealed}
        told |= {"waiting": self.waiting}
        told |= {"special": self.special, "seen": self.seen, "born": dict(self.fold.born)}
        pipe.send(told | {"changes": self.fold.give_back(), "leaves": b"".join(leaves)})
        bounds, rows = pipe.recv()
        for where, change in rows:
            self.fold.apply(change, where)
        self._attachments()
        if self.source.has_tables:
            self._tables(Part(bounds, is_first=False))
        pipe.send(not self.found.first)

    # ---- 1 to 5, entry by entry

    def _entries(self, append: Callable[[bytes], None], end: int | None = None) -> None:
        bad, fold, seen = self.found.bad, self.fold, self.seen
        expected = self.start
        for row in self.source.entries(self.start, end):
            position = where = row[0]
            if position is None:
                self.unsealed += 1
                where = row[3]
                since, until = self.waiting or (str(row[4]), str(row[4]))
                self.waiting = (min(since, str(row[4])), max(until, str(row[4])))
            elif position != expected:
                if position > expected:
                    bad("numbering", expected, "numbering.gap", f"Thiếu mục #{expected}.")
                else:
                    bad("numbering", position, "numbering.twice", f"Hai mục cùng số #{position}.")
                expected = position
            if position is not None:
                expected += 1
            if row[1] is None:
                bad("numbering", where, "numbering.no_entry", f"Số #{where} không có mục.")
                continue
            found, wrong, body = judge(row)
            if found[:8] in seen:
                bad("numbering", where, "numbering.repeated", f"Mục #{where} lặp lại mục trước.")
            seen.add(found[:8])
            if position is not None:
                append(found)
            for one in wrong:
                bad(*one)
            if body is None:
                continue
            try:
                check_move(body, fold)
                for change in body["changes"]:
                    fold.apply(change, where)
                if position is not None and body["command"] in ABOUT_THE_LOG:
                    self._special(body, position)
            except Bad as problem:
                bad("state", where, problem.code, f"Mục #{where}: {problem.message}")
            except (KeyError, TypeError, AttributeError):
                bad("canonical", where, "canonical.shape", f"Mục #{where} có phần sai dạng.")
        self.size = expected

    def _special(self, body: dict[str, Any], position: int) -> None:
        """Entries about the log itself: a new key, a new epoch."""
        if self.start:
            self.special.append((body, position))  # who looks at the first half knows the key
            return
        details = body["details"]
        told = ROTATE if body["command"] == "rotate_key" else OPEN
        if any(type(details[name]) is not kind for name, kind in told.items()):
            raise TypeError
        if body["command"] == "rotate_key":
            new = Key(details["new"])
            old = self.rotations[-1][1] if self.rotations else (self.keys[0] if self.keys else None)
            if old is None or old.text != details["old"]:
                raise Bad("state.rotation", "Đổi khóa không do khóa đang dùng.")
            said = said_of_rotation(details["old"], details["new"])
            if not signed_by(old.raw, said, base64_strictly(details["signature"])):
                raise Bad("state.rotation", "Chữ ký đổi khóa không đúng.")
            self.rotations.append((position, new))
        else:
            self.epochs.append(self._opened(details, position))

    def _opened(self, details: dict[str, Any], position: int) -> Epoch:
        """What an entry that opens an epoch says; Bad unless it follows from what is there."""
        kept, number = details["kept"], details["epoch"]
        lost_before = details.get("lost_before", [])
        if type(lost_before) is not list or any(type(text) is not str for text in lost_before):
            raise TypeError
        notes = [Note(text) for text in (*lost_before, details["lost"])]
        before, key = self._last_epoch(), self._key_for(position + 1)
        for note in notes:
            # It may be of a key that came with what was lost: then its own lines lead there.
            signers = with_successors(note, [key] if key else [])
            is_signed = any(
                note.origin == f"{signer.name}/{note.epoch}" and note.signed_by(signer)
                for signer in signers
            )
            if not is_signed or (note.epoch, note.size) <= (before, position):
                raise Bad("state.epoch", "Mở kỳ mới mà không nêu một niêm phong đã mất có chữ ký.")
        lost = {note.epoch: note.size for note in notes}
        follows = [*lost] == sorted(lost) and len(lost) == len(notes)
        if kept != position or not follows or number != notes[-1].epoch + 1:
            raise Bad("state.epoch", "Mở kỳ mới không nối tiếp phần còn giữ lại.")
        return Epoch(kept, number, lost)

    def _last_epoch(self) -> int:
        return self.epochs[-1].number if self.epochs else 1

    # ---- 5, second half: the rows

    def _tables(self, part: Part | None = None) -> None:
        fold = self.fold
        is_whole = self.found.is_log_whole

        def bad(where: Any, code: str, message: str) -> None:
            self.found.bad("state", where if is_whole else None, code, message)

        for table, columns, rows in self.source.tables(part):
            if table in NOT_EVIDENCE:
                continue
            left = fold.rows.get(table, {})
            for column in fold.columns.get(table, ()):
                if column not in columns and column != "id":
                    bad(None, "state.gone", f"Bảng {table} thiếu cột {column}.")
            if "id" not in columns:
                bad(None, "state.no_entry", f"Bảng {table} không có số dòng để đối chiếu.")
                continue
            at, places = columns.index("id"), fold.columns.get(table, Places())
            others = [(i, c, places[c]) for i, c in enumerate(columns) if i != at]
            # Most rows are what was told to the letter: then one comparison says so.
            of_told = operator.itemgetter(0, *(place for _, _, place in others))
            of_row = operator.itemgetter(at, *(i for i, _, _ in others))
            for row in rows:
                told = left.pop(row[at], None)
                if told is None:
                    said = f"Dòng {table} số {row[at]} không có mục nào tạo ra."
                    bad(None, "state.no_entry", said)
                    continue
                where, told[0] = told[0], row[at]
                if len(told) <= len(places):
                    told.extend([None] * (len(places) + 1 - len(told)))
                if of_told(told) == of_row(row):
                    continue
                for i, column, place in others:
                    if not same(told[place], row[i]):
                        bad(
                            where,
                            "state.row",
                            f"{table} số {row[at]}: cột {column} khác với các mục (mục cuối "
                            f"#{where}).",
                        )
                        break
            for row_id, told in left.items():
                bad(
                    told[0],
                    "state.gone",
                    f"Dòng {table} số {row_id} đã mất (mục cuối #{told[0]}).",
                )
            left.clear()
        for table in (t for t, rows_left in fold.rows.items() if rows_left):
            if table not in NOT_EVIDENCE:
                bad(None, "state.gone", f"Bảng {table} đã mất.")

    # ---- 6

    def _attachments(self) -> None:
        if not self.source.has_attachments:
            self.found.skipped["attachments"] = "Không có thư mục tệp: không kiểm."
            return
        for sha256, size, where in self._files_told():
            pieces = self.source.attachment(sha256)
            if pieces is None:
                self.found.bad(
                    "attachments",
                    where,
                    "attachments.gone",
                    f"Tệp {sha256[:12]}… (mục #{where}) không còn.",
                )
                continue
            digest, length = hashlib.sha256(), 0
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
            if digest.hexdigest() != sha256 or length != size:
                self.found.bad(
                    "attachments",
                    where,
                    "attachments.differ",
                    f"Tệp {sha256[:12]}… (mục #{where}) đã bị thay đổi.",
                )

    # ---- 7

    def _key_for(self, size: int) -> Key | None:
        key = self.keys[0] if self.keys else None
        for position, new in self.rotations:
            if size > position:
                key = new
        return key

    def _epoch_at(self, size: int) -> int:
        """Which history a head of this size is of."""
        return max((e.number for e in self.epochs if size > e.kept), default=1)

    def _loss_of(self, note: Note) -> Epoch | None:
        """The epoch that was opened because this head of an earlier one was lost, or one like it.

        A head is not lost as long as its history is told here and reaches it.
        """
        before = 1
        for epoch in self.epochs:
            if note.epoch < epoch.number:
                is_told = note.epoch == before and note.size <= epoch.kept
                return epoch if note.epoch in epoch.lost and not is_told else None
            before = epoch.number
        return None

    def _checkpoints(self, tree: Tree, tiles: dict[tuple[int, int], bytes]) -> None:
        bad = self.found.bad
        if not self.keys:
            bad(
                "checkpoints", None, "checkpoints.no_key", "Không có khóa công khai để kiểm chữ ký."
            )
        good, inside = 0, 0
        if self.waiting and not self.size and hours_between(*self.waiting) > 1:
            said = f"Có {self.unsealed} mục, từ {self.waiting[0]}, mà không có niêm phong nào."
            bad("checkpoints", None, "checkpoints.none", said)
        different = self._different_leaf(tree, tiles)
        # What other checks have named is named here too, instead of the whole stretch.
        exactly = [different] if different is not None else []
        for name in ("numbering", "leaf_hash", "canonical"):
            where = self.found.first.get(name, ("", None, ""))[1]
            exactly += [where] if isinstance(where, int) else []
        for note, is_inside in sorted(self.notes, key=lambda n: n[0].size):
            place = "trong hệ thống" if is_inside else "bên ngoài"
            what = f"Niêm phong {place} lúc {note.at}, {note.size} mục"
            key = self._key_for(note.size)
            loss = None if is_inside else self._loss_of(note)
            signers = [*self.keys[:1], *(new for _, new in self.rotations)] if loss else [key]
            if key and not any(note.signed_by(signer) for signer in signers if signer):
                bad("checkpoints", good, "checkpoints.signature", f"{what}: chữ ký không đúng.")
                continue
            if loss and note.size <= loss.lost[note.epoch]:
                # Whoever has the key can write such an entry: it excuses only for who knows of it.
                said = f"{what}: phần từ #{loss.kept} đã mất khi mở kỳ {loss.number}"
                if loss.number in self.accepted:
                    self.found.notices.append(f"{said}, đã được chấp nhận.")
                else:
                    said += "; nếu đã có văn bản mở kỳ ấy, hãy kiểm lại và nói rõ là chấp nhận."
                    bad("checkpoints", loss.kept, "checkpoints.lost", said)
                continue
            epoch = note.epoch if loss else self._epoch_at(note.size)
            if key and note.origin != f"{key.name}/{epoch}":
                bad("checkpoints", good, "checkpoints.origin", f"{what}: của nhật ký khác.")
                continue
            if note.size > self.size:
                # Nothing between the last good head and the end can be vouched for.
                exact = [w for w in exactly if good <= w < self.size]
                bad(
                    "checkpoints",
                    min(exact, default=good),
                    "checkpoints.missing",
                    f"{what}: hiện chỉ còn {self.size} mục; chỉ chắc chắn tới #{good}.",
                )
                continue
            if tree.roots.get(note.size) != note.root:
                exact = [w for w in exactly if good <= w < note.size]
                first = min(exact, default=good)
                until = first if exact else note.size - 1
                bad(
                    "checkpoints",
                    first,
                    "checkpoints.root",
                    f"{what}: gốc khác; mục bị sửa nằm từ #{first} đến #{until}.",
                )
                continue
            good = note.size
            inside = note.size if is_inside else inside
        if inside < self.size and "checkpoints" not in self.found.first:
            bad(
                "checkpoints",
                inside,
                "checkpoints.unsigned",
                f"Có số từ #{inside} nhưng không có niêm phong.",
            )
        if different is not None:
            bad(
                "checkpoints",
                different,
                "checkpoints.tile",
                f"Mã băm lưu theo khối khác với nội dung từ #{different}.",
            )

    def _different_leaf(self, tree: Tree, tiles: dict[tuple[int, int], bytes]) -> int | None:
        """The first entry that is not what the kept tiles say."""
        first: int | None = None
        for (level, index), kept in tiles.items():
            now = tree.tiles.get((level, index), b"")
            if now == kept:
                continue
            wide = 256**level
            if not now and level < len(tree.open) and index == tree.size // (256 * wide):
                now = b"".join(tree.open[level])  # a tile that was whole when it was kept
            both = min(len(kept), len(now))
            equal = next((i // 32 for i in range(both) if kept[i] != now[i]), both // 32)
            at = min((index * 256 + equal) * wide, self.size)
            first = at if first is None else min(first, at)
        for level, index in tree.tiles.keys() - tiles.keys():
            at = index * 256 ** (level + 1)
            first = at if first is None else min(first, at)
        return first

    def _files_told(self) -> list[tuple[str, int, Any]]:
        """Digest, size and entry of every attachment the entries speak of."""
        told = []
        for row_id, row in self.fold.rows.get("attachment", {}).items():
            sha256, size = (self.fold.value("attachment", row_id, c) for c in ("sha256", "size"))
            told.append((str(sha256), size, row[0]))
        return told


# ------------------------------------------------------------------------ the program


class Doubt(Exception):
    """All is not well: who looks at the whole, entry after entry, can say what it is."""


# What zipfile says of an archive that is damaged, locked with a password or packed in a way it does
# not know (the last two by RuntimeError).
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
# All that can be wrong with a half: then the whole is looked at in one go.
WRONG: tuple[type[Exception], ...] = (Doubt, Bad, OSError, sqlite3.Error, *DAMAGED)
WRONG += (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Beside:
    """The process that looks at the second half."""

    def __init__(self, pipe: Connection, start: int) -> None:
        self.pipe, self.start = pipe, start
        self._leaves = b""

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = self.pipe.recv()
        self._leaves = told.pop("leaves")
        return told

    def tell(self, what: Any) -> None:
        self.pipe.send(what)

    def leaves(self) -> Iterator[bytes]:
        return (self._leaves[at : at + 32] for at in range(0, len(self._leaves), 32))

    def is_well(self) -> bool:
        return self.pipe.recv() is True


def look_beside(path: Path, files: Path | None, start: int, pipe: Connection) -> None:
    """The second half, in a process of its own; whatever is wrong, the pipe ends."""
    with pipe, contextlib.suppress(*WRONG), no_circles():
        Verifier(open_source(path, files), [], start=start).second_half(pipe)


WORTH_TWO = 20_000  # entries; below this to start a process takes longer


def in_two_halves(
    path: Path,
    files: Path | None,
    verifier: Verifier,
    start: int,
    begin: Callable[..., Any] = multiprocessing.Process,
) -> dict[str, Any] | None:
    """What two processes find together: that all is well, or None."""
    ours, theirs = multiprocessing.Pipe()
    beside = begin(target=look_beside, args=(path, files, start, theirs), daemon=True)
    try:
        beside.start()
        theirs.close()  # or its end would not be noticed
        return verifier.run(Beside(ours, start))
    except WRONG:
        return None
    finally:
        ours.close()
        beside.join()


def look(
    path: Path,
    files: Path | None,
    keys: list[Key],
    outside: Iterable[str] = (),
    accepted: Iterable[int] = (),
) -> dict[str, Any]:
    """All seven checks of what lies at this path, by two processors where there are two."""
    outside, accepted = list(outside), list(accepted)
    with no_circles():
        verifier = Verifier(open_source(path, files), keys, outside, accepted=accepted)
        size = max((note.size for note, is_inside in verifier.notes if is_inside), default=0)
        found = None
        if size >= WORTH_TWO and (os.cpu_count() or 1) > 1:
            found = in_two_halves(path, files, verifier, size // 2)
            verifier = Verifier(open_source(path, files), keys, outside, accepted=accepted)
        return found or verifier.run()


@contextlib.contextmanager
def no_circles() -> Iterator[None]:
    """Nothing here points in circles, and to look for circles costs a tenth of the time."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def open_source(path: Path, files: Path | None = None) -> Source:
    """What lies at this path: a folder or zip that was exported, or a database file."""
    if path.is_dir():
        return Bundle(path, files)
    with path.open("rb") as file:
        first = file.read(16)
    if first.startswith(b"PK"):
        return Bundle(path, files)
    if first.startswith(b"SQLite format 3"):
        uri = f"file:{path.resolve().as_posix().replace('?', '%3f')}?mode=ro"
        db = sqlite3.connect(uri, uri=True, isolation_level=None)
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins here
        return SqliteFile(db, files)
    raise Bad("unknown", "Không phải biên nhận, gói kiểm chứng hay tệp cơ sở dữ liệu SQLite.")


def read_keys(given: Iterable[str]) -> list[Key]:
    """Key lines as given, or the files that hold them."""
    keys = []
    for text in given:
        path = Path(text)
        is_file = "+" not in text or (len(text) < 255 and path.is_file())
        lines = path.read_text("utf-8").split() if is_file else [text]
        keys += [Key(line) for line in lines]
    return keys


def say_receipt(found: dict[str, Any]) -> str:
    """The entry of a receipt in a few lines."""
    body = found["body"]
    actor = body["actor"]
    lines = [
        f"ĐÚNG: mục #{found['index']} nằm trong nhật ký {found['origin']},",
        f"niêm phong lúc {found['at']} cùng {found['size']} mục.",
        f"  Lúc:     {body['at']}",
        f"  Ai:      {actor['name']} ({actor['role'] or '-'}, {actor['agency_name'] or '-'})",
        f"  Việc:    {body['command']}: {body['from'] or '-'} → {body['to'] or '-'}",
        f"  Với:     {body['object']['label']}",
        f"  Lý do:   {body['reason'] or '-'}",
    ]
    return "\n".join(lines)


def say(result: dict[str, Any]) -> str:
    """The answer for people."""
    lines = [f"{result['size']} mục có số, {result['unsealed']} mục chờ niêm phong."]
    for n, check in enumerate(result["checks"], start=1):
        mark = "–" if check["skipped"] else "ĐẠT" if check["ok"] else "SAI"
        lines.append(f"{n}. [{mark}] {TITLES[check['name']]}: {check['message']}")
    lines += [f"Lưu ý: {notice}" for notice in result["notices"]]
    lines.append("KẾT LUẬN: " + conclusion(result))
    return "\n".join(lines)


def conclusion(result: dict[str, Any]) -> str:
    """One sentence that does not claim more than was looked at."""
    skipped = sum(check["skipped"] for check in result["checks"])
    if not result["ok"]:
        return "KHÔNG ĐÚNG."
    if skipped:
        return f"đúng ở {len(CHECKS) - skipped} phép kiểm; {skipped} phép chưa kiểm được."
    return "đúng."


def main(arguments: list[str]) -> int:
    """0: all is well; 1: something is wrong; 2: nothing that can be checked."""
    parser = argparse.ArgumentParser(description="Kiểm chứng nhật ký Đôn Đốc, không cần mạng.")
    parser.add_argument("what", type=Path, help="biên nhận, gói zip, thư mục hoặc tệp SQLite")
    parser.add_argument("--key", action="append", default=[], help="dòng khóa công khai hoặc tệp")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="tệp niêm phong giữ ở ngoài"
    )
    parser.add_argument("--files", type=Path, help="thư mục tệp đính kèm")
    parser.add_argument(
        "--accept-epoch",
        action="append",
        default=[],
        type=int,
        metavar="KỲ",
        help="kỳ nhật ký mở sau khôi phục mà người kiểm đã có văn bản",
    )
    parser.add_argument("--json", action="store_true", help="trả lời bằng JSON")
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(given.key)
        with given.what.open("rb") if given.what.is_file() else io.BytesIO() as file:
            start = file.read(len(MAGIC))
        if start == MAGIC.encode():
            if not keys:
                raise Bad("no_key", "Kiểm biên nhận cần khóa công khai: thêm --key.")
            try:
                found = check_receipt(given.what.read_bytes().decode("utf-8"), keys)
            except UnicodeDecodeError:
                raise Bad("not_a_receipt", "Biên nhận không phải chữ UTF-8.") from None
            print(json.dumps(found, ensure_ascii=False) if given.json else say_receipt(found))
            return 0
        source = open_source(given.what, given.files)
        own = [Key(text) for text in source.keys]
        outside = [n for path in given.checkpoint for n in notes_in(path.read_text("utf-8"))]
        result = look(given.what, given.files, keys or own, outside, given.accept_epoch)
    except Bad as problem:
        if given.json:
            print(
                json.dumps(
                    {"ok": False, "code": problem.code, "message": problem.message},
                    ensure_ascii=False,
                )
            )
        else:
            print(f"KHÔNG ĐÚNG: {problem.message}")
        return 1
    except (OSError, sqlite3.Error, ValueError, *DAMAGED) as problem:
        print(f"Không kiểm được: {problem}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        if not keys:
            for key in own:
                print(f"Khóa kèm trong gói, hãy so với văn bản công bố: {key.fingerprint}")
        print(say(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    if os.name == "nt" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
