"""A paper as a value: what stands on it, independent of how it is written to a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.seals import Seal


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body: level 1 "I.", 2 "1.", 3 "a)"."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of the body; `source` is the mark of the record list it rests on."""

    text: str
    italic: bool = False
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """A place where a person writes: printed in brackets until somebody has."""

    text: str


@dataclass(frozen=True, slots=True)
class Caption:
    """The title of a table or part, centred."""

    text: str
    bold: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, share of the width, how its cells stand."""

    title: str
    share: int
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings; rows in `strong` (by index) are set in bold."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    strong: frozenset[int] = frozenset()
    size: int = 12


Block = Heading | Para | Fill | Caption | Table


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Upper left: the parent agency and the issuing agency in capitals; its name in a sentence."""

    name: str
    issuer: tuple[str, ...]
    parent: str | None = None
    place: str = "Bình Thuận"


@dataclass(frozen=True, slots=True)
class Signature:
    """Lower right: capacity and post in capitals, line by line; the name when it is known."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Appendix:
    """A phụ lục, landscape, with page numbers of its own."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Paper:
    """One official paper. Its number and day are given by văn thư and stay blank until then."""

    name: str
    letterhead: Letterhead
    symbol: str
    year: int
    kind: str
    subject: str
    body: Sequence[Block]
    signature: Signature
    recipients: tuple[str, ...]
    cutoff: datetime
    addressees: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    appendices: Sequence[Appendix] = ()
    number: str = ""
    second_signature: Signature | None = None
    dated: str = ""
    landscape: bool = False
    seal: Seal | None = None

    @property
    def is_letter(self) -> bool:
        """A công văn has no kind; its subject stands under the number."""
        return not self.kind

    @property
    def notation(self) -> str:
        """Số: 12/BC-SXD, or with room for the number."""
        return f"Số: {self.number or '        '}/{self.symbol}"

    @property
    def place_and_day(self) -> str:
        day = self.dated or f"ngày       tháng       năm {self.year}"
        return f"{self.letterhead.place}, {day}"

    def appendix_number(self, index: int) -> str:
        """Phụ lục, or Phụ lục I, II … when there are several."""
        return "Phụ lục" if len(self.appendices) == 1 else f"Phụ lục {ROMAN[index]}"

    def attached_to(self) -> str:
        """(Kèm theo Báo cáo số … của …)"""
        what = self.kind.capitalize() or "Công văn"
        number = self.notation.removeprefix("Số: ").strip() if self.number else f"…/{self.symbol}"
        day = self.dated or f"ngày … tháng … năm {self.year}"
        return f"(Kèm theo {what} số {number} {day} của {self.letterhead.name})"


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
