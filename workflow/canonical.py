"""The exact text that is hashed: one way to write a value, so that re-encoding equals stored.

Sorted keys, no floats, NFC, no blanks, UTF-8; integers as integers; days ISO; moments UTC with
milliseconds (RFC 3339). The leaf hash is that of RFC 6962: SHA-256(0x00 || body).
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

SCHEMA = 1


def moment(value: datetime) -> str:
    """An aware instant as UTC RFC 3339 with milliseconds."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written down")
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def kept(value: Any) -> Any:
    """A value as a row is to keep it, so that row and entry agree: NFC, whole milliseconds."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


def plain(value: Any) -> Any:
    """A value as text, integer, truth, nothing, list or mapping; anything else is refused."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or kind is int or kind is bool:
        return value
    if kind is dict:
        return {plain(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return plain(str(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {plain(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


# One encoder for all: json.dumps() makes a new one for each call that asks for anything special.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def encode(value: Mapping[str, Any]) -> str:
    """The canonical text of a mapping."""
    return _ENCODER.encode(plain(value))


def leaf_hash(body: str) -> str:
    """Hex of SHA-256(0x00 || body), the leaf of RFC 6962."""
    return hashlib.sha256(b"\x00" + body.encode("utf-8")).hexdigest()
