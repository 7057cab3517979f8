"""Checkpoints: a tree head as a C2SP signed note with one Ed25519 line, parsed strictly.

A parsed note is rendered again and compared byte for byte: leniency in an encoding is a forgery
that is accepted. Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workflow.canonical import moment

DASH = "\u2014"
ROTATION = "/rotation"
_NAME = re.compile(r"[!-*,-~]+")  # printable ASCII without blank and plus
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")  # every program reads such a number alike
_TIME = re.compile(r"time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class BadNote(ValueError):
    """Not a checkpoint, or not one of this key."""


def base64_strictly(text: str) -> bytes:
    """Bytes of a standard base64 text; BadNote unless encoding them gives the same text."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise BadNote("not the one base64 text of its bytes")
    return raw


@dataclass(frozen=True)
class PublicKey:
    """Who may sign: a name and an Ed25519 key, written as a C2SP verifier key."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.raw).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(b"\x01" + self.raw).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """The key of `name+id+base64`; BadNote when any part does not fit."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64_strictly(encoded)
        key = cls(name, raw[1:])
        if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] != 1 or key.key_id.hex() != key_id:
            raise BadNote("not an Ed25519 verifier key")
        return key


@dataclass(frozen=True)
class Signer:
    """The private half."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.key.public_key().public_bytes_raw())


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: which log, how many leaves, their root, when it was sealed."""

    origin: str
    size: int
    root: bytes
    at: str

    @property
    def text(self) -> str:
        """What is signed. The time is an extension line, so that it is signed too."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {self.at}\n"


def head(origin: str, size: int, root: bytes, at: datetime) -> Checkpoint:
    """A checkpoint of this moment."""
    return Checkpoint(origin, size, root, moment(at))


def sign(checkpoint: Checkpoint, signer: Signer, rotations: Iterable["Rotation"] = ()) -> str:
    """The signed note; with the old keys' words for the new ones, so that one key leads to all."""
    signature = signer.key.sign(checkpoint.text.encode())
    lines = [(signer.name, signer.public.key_id + signature), *(r.line for r in rotations)]
    told = "".join(f"{DASH} {name} {base64.b64encode(raw).decode()}\n" for name, raw in lines)
    return f"{checkpoint.text}\n{told}"


@dataclass(frozen=True)
class Rotation:
    """The old key's word that another one takes its place.

    In a note it is a line in the name of the log and `/rotation` under the id of the old key:
    readers that do not know it pass it over (c2sp.org/signed-note).
    """

    old: PublicKey
    new: PublicKey
    signature: bytes

    @classmethod
    def by(cls, old: Signer, new: PublicKey) -> "Rotation":
        return cls(old.public, new, old.key.sign(_said(old.public, new)))

    @property
    def line(self) -> tuple[str, bytes]:
        return self.old.name + ROTATION, self.old.key_id + self.new.raw + self.signature

    @classmethod
    def told(cls, old: PublicKey, line: bytes) -> "Rotation | None":
        """What this line says in the name of `old`; None when `old` has not signed it."""
        found = cls(old, PublicKey(old.name, line[4:36]), line[36:])
        is_signed = len(line) == 100 and _is_signed(old, found.signature, _said(old, found.new))
        return found if is_signed else None


def successors(lines: Iterable[tuple[str, bytes]], known: PublicKey) -> tuple["Rotation", ...]:
    """How the lines of a note lead from a known key to those that came after it."""
    last, found = known, list[Rotation]()
    for name, raw in lines:
        if (name, raw[:4]) == (last.name + ROTATION, last.key_id):
            rotation = Rotation.told(last, raw)
            if rotation is not None:
                last = rotation.new
                found.append(rotation)
    return tuple(found)


def _said(old: PublicKey, new: PublicKey) -> bytes:
    return f"dondoc key rotation\n{old}\n{new}\n".encode()


def _is_signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def parse(note: str) -> tuple[Checkpoint, tuple[tuple[str, bytes], ...]]:
    """The checkpoint and its signature lines (name, key id and signature), not yet verified."""
    text, blank, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) != 4 or not _NAME.fullmatch(lines[0]):
        raise BadNote("not a checkpoint")
    if not _SIZE.fullmatch(lines[1]) or not _TIME.fullmatch(lines[3]):
        raise BadNote("size or time is not well written")
    root = base64_strictly(lines[2])
    if len(root) != 32 or not tail.endswith("\n"):
        raise BadNote("the root is no SHA-256, or the last line does not end")
    signatures: list[tuple[str, bytes]] = []
    for line in tail[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != DASH or not _NAME.fullmatch(name):
            raise BadNote("not a signature line")
        signatures.append((name, base64_strictly(encoded)))
    if not 1 <= len(signatures) <= 16:
        raise BadNote("too few or too many signatures")
    if len({(name, raw[:4]) for name, raw in signatures}) < len(signatures):
        raise BadNote("two lines of one key")
    found = Checkpoint(lines[0], int(lines[1]), root, lines[3].removeprefix("time "))
    again = (
        found.text
        + "\n"
        + "".join(f"{DASH} {name} {base64.b64encode(raw).decode()}\n" for name, raw in signatures)
    )
    if again != note:
        raise BadNote("not written the one way a checkpoint is written")
    return found, tuple(signatures)


def verify(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint that this key has signed, or one it has signed for in the note's own lines.

    BadNote otherwise. Other keys' lines are ignored.
    """
    found, signatures = parse(note)
    known = [key, *(r.new for r in successors(signatures, key))]
    for one in reversed(known):
        mine = [raw[4:] for name, raw in signatures if (name, raw[:4]) == (one.name, one.key_id)]
        if not all(_is_signed(one, signature, found.text.encode()) for signature in mine):
            raise BadNote("the signature is not of this key")
        if mine:
            return found
    raise BadNote("not signed by this key")
