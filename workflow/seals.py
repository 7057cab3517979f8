"""The newest signed head of the log, as it stands on whatever leaves the house.

Each mail, paper and print that carries it is a copy outside: a history that is changed later no
longer fits what somebody else holds in his hands (docs/ledger.md).
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

import segno
from sqlalchemy import Connection, select

from models.tables import LEDGER_CHECKPOINT

HEAD = LEDGER_CHECKPOINT.c


@dataclass(frozen=True)
class Seal:
    """A signed head: its text as signed, and what people read of it."""

    note: str
    origin: str
    size: int
    root: str

    @property
    def line(self) -> str:
        """On one line, for the foot of a mail or a paper."""
        return f"{self.origin} · {self.size} · {self.root}"

    @property
    def svg(self) -> str:
        """The signed text as a QR code."""
        return qr_svg(self.note)

    @property
    def png(self) -> bytes:
        """The same, for a Word file."""
        return _qr_png(self.note)


def newest(conn: Connection) -> Seal | None:
    """The head that covers most entries; None while nothing is sealed."""
    row = conn.execute(
        select(HEAD.note, HEAD.origin, HEAD.size, HEAD.root).order_by(HEAD.size.desc()).limit(1)
    ).first()
    return Seal(row.note, row.origin, row.size, row.root) if row else None


@lru_cache(maxsize=4)
def picture(seal: Seal) -> str:
    """Code and words in one picture, for the foot of a printed page."""
    side = segno.make_qr(seal.note.encode(), error="l").symbol_size(scale=4, border=2)[0]
    lines = (f"{seal.origin} · {seal.size}", seal.root)
    words = "".join(
        f'<text x="{side + 12}" y="{side / 2 + 30 * n}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    code = qr_svg(seal.note).partition("?>")[2].strip()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 1000} {side}" '
        f'font-family="monospace" font-size="24">{code}{words}</svg>'
    )


@lru_cache(maxsize=64)
def qr_svg(text: str) -> str:
    """A QR code that scales."""
    out = io.BytesIO()
    segno.make_qr(text.encode(), error="l").save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


@lru_cache(maxsize=64)
def _qr_png(text: str) -> bytes:
    out = io.BytesIO()
    segno.make_qr(text.encode(), error="l").save(out, kind="png", border=2, scale=4)
    return out.getvalue()
