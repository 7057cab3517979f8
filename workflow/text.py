"""Vietnamese text as people type it, look for it and sort it; and the numbers and dates in it.

Pure functions: nothing here knows a database, a request or a clock.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

# The five tone marks in dictionary order; no mark comes first.
_TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_TONE_RANK = {mark: rank for rank, mark in enumerate(_TONES, start=1)}
# Breve, circumflex and horn make another letter (ă â ê ô ơ ư), not another tone.
_QUALITIES = frozenset("\u0306\u0302\u031b")
_VOWELS = frozenset("aeiouy")


def nfc(text: str) -> str:
    """One code point a letter: what is stored and compared."""
    return unicodedata.normalize("NFC", text)


# --- repair ------------------------------------------------------------------------------

# Text copied out of a PDF. These forms lost a letter, so that no rule can find them again.
_LOST_LETTERS = {"t\u1e4cch": "tích"}
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")
_MARK_AFTER_BLANK = re.compile(rf"(?<=[^\W\d_])[ \u00a0]+([{''.join(_TONES)}])")
# A syllable, marks taken away: beginning, one to three vowels, end.
_SYLLABLE = re.compile(
    r"(?P<onset>ngh|ng|nh|gh|gi(?=[aeouy])|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
    r"(?P<vowels>[aeiouy]{1,3})(?P<coda>ch|nh|ng|[cmnpt])?"
)
# "12-⏎NQ/TU", "06/NQ-⏎CP", "86/2019/NQ-⏎HĐND": a symbol cut at its hyphen by the end of a line.
_CUT_SYMBOL = re.compile(r"(?<![\w/])(\d+(?:/\d{4})?(?:/[A-ZĐ][A-Za-zĐđ]*)?-)\s+(?=[A-ZĐ]{2})")


def repair(text: str) -> str:
    """Undo what copying out of a PDF does: tone marks on the wrong letter, cut symbols."""
    text = nfc(text)
    if text.isascii():
        return _CUT_SYMBOL.sub(r"\1", text)
    for broken, whole in _LOST_LETTERS.items():
        text = text.replace(broken, whole)
    text = nfc(_MARK_AFTER_BLANK.sub(r"\1", text))
    text = _WORD.sub(lambda found: _repair_word(found.group()), text)
    return _CUT_SYMBOL.sub(r"\1", text)


@lru_cache(maxsize=20_000)
def _repair_word(word: str) -> str:
    """Move the one tone mark of a syllable to the vowel that carries it; else change nothing."""
    if word.isascii():
        return word
    letters: list[list[str]] = []
    for char in unicodedata.normalize("NFD", word):
        if unicodedata.combining(char) and letters:
            letters[-1].append(char)
        else:
            letters.append([char])
    toned = [i for i, letter in enumerate(letters) if set(letter) & set(_TONES)]
    qualified = [i for i, letter in enumerate(letters) if set(letter) & _QUALITIES]
    if len(toned) != 1:
        return word
    (at,) = toned
    if len(set(letters[at]) & set(_TONES)) != 1:  # two tones on one letter are no syllable of ours
        return word
    on_a_vowel = letters[at][0].lower() in _VOWELS
    if on_a_vowel and (at in qualified or not qualified):
        return word
    plain = "".join(letter[0] for letter in letters).lower()
    syllable = _SYLLABLE.fullmatch(plain)
    if syllable is None:  # a foreign word: "Peña" keeps its mark
        return word
    target = qualified[-1] if qualified else _carrier(syllable)
    (mark,) = set(letters[at]) & set(_TONES)
    letters[at].remove(mark)
    letters[target].append(mark)
    return nfc("".join("".join(letter) for letter in letters))


def _carrier(syllable: re.Match[str]) -> int:
    first, last = syllable.span("vowels")
    length = last - first
    if length == 1:
        return first
    if length == 2 and not syllable["coda"]:
        return first
    return first + 1


# What nobody can see and no paper can hold: joiners, marks that turn the direction of reading (so
# that gpj.exe looks like exe.jpg), control characters, half letters of an encoding, no letters.
_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    [
        *map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u200e\u200f\ufffe\uffff"),
        *(*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFFF9, 0xFFFC)),
        *(*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)),
    ]
)
_INVISIBLE |= {ord("\t"): "\t", ord("\u00a0"): " "}
# Word ends a line within a paragraph by \v; others by what only they know.
_INVISIBLE |= dict.fromkeys(map(ord, "\n\v\f\r\u0085\u2028\u2029"), "\n")


def clean(typed: str) -> str:
    """What somebody typed or pasted, as it is stored: NFC, repaired, no blanks around it."""
    return repair(typed.replace("\r\n", "\n").translate(_INVISIBLE)).strip()


# --- search ------------------------------------------------------------------------------

_NOT_WORD = re.compile(r"[\W_]+")
# kỹ/kĩ, lý/lí, quý/quí are one word in two spellings; thủy and thúi are not.
_Y_FOR_I = re.compile(r"(?<=[bcdghklmnpqrstvx])y|(?<=qu)y")


def fold(text: str) -> str:
    """The form that search compares: no marks, no đ, lower case, blanks for punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = bare.replace("đ", "d").replace("Đ", "d").lower()
    return _Y_FOR_I.sub("i", _NOT_WORD.sub(" ", bare).strip())


def search_text(*parts: str | None) -> str:
    """The content of a folded column: everything a record should be found by."""
    return " ".join(folded for part in parts if part and (folded := fold(part)))


# --- order -------------------------------------------------------------------------------

_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: f"{place:02x}" for place, letter in enumerate(_ALPHABET, start=16)}
_WORD_END, _LEVEL_END = "01", "00"


def vi_key(text: str) -> str:
    """Sorting by this key is the order of a Vietnamese dictionary (letters first, then tones).

    The key holds the characters 0-9 and a-f only, so that every database sorts it alike.
    """
    letters: list[str] = []
    tones: list[str] = []
    capitals: list[str] = []
    for number, word in enumerate(_WORD_OR_NUMBER.findall(nfc(text))):
        if number:
            letters.append(_WORD_END)
        tone = 0
        for char in word:
            base, rank = _base_and_tone(char)
            tone = tone or rank
            letters.append(_PLACE.get(base, f"ff{ord(base):06x}"))
            capitals.append("1" if char.isupper() else "0")
        tones.append(str(tone))
    levels = ("".join(letters), "".join(tones), "".join(capitals))
    return _LEVEL_END.join(levels)


_WORD_OR_NUMBER = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")


@lru_cache(maxsize=2_000)
def _base_and_tone(char: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", char.lower())
    rank = next((_TONE_RANK[part] for part in parts if part in _TONE_RANK), 0)
    base = nfc("".join(part for part in parts if part not in _TONE_RANK))
    return (base if base in _PLACE else parts[0]), rank


def vi_name_key(full_name: str) -> str:
    """People are sorted by given name (the last word), then family name, then middle names."""
    family, *middle = full_name.split() or [""]
    given = middle.pop() if middle else family
    fields = (given, family, " ".join(middle))
    return _FIELD_END.join(vi_key(field) for field in fields)


_FIELD_END = "0000"


# --- numbers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number as read; `is_ambiguous` when an English reader would take it for another one."""

    value: Decimal
    is_ambiguous: bool


_VI_NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<part>\d+))?")
_EN_NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?")


def parse_number(typed: str) -> ParsedNumber | None:
    """Dot for thousands, comma for decimals; None when it is no number.

    "4.600" is 4600 and "2.6" is 2,6, both marked ambiguous, so that the form can show what it
    understood before it saves.
    """
    text = nfc(typed).strip().removesuffix("%").strip().replace("\u2212", "-")
    is_negative = text.startswith("-")
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?:\D|$))", "", re.sub(r"^[+-]", "", text))
    if not text.isascii():
        return None
    vietnamese = _VI_NUMBER.fullmatch(text)
    if vietnamese and not re.match(r"0\d*\.", text):
        value = _decimal(vietnamese, ".")
        english = _EN_NUMBER.fullmatch(text)
        is_ambiguous = english is not None and _decimal(english, ",") != value
        return ParsedNumber(value.copy_negate() if is_negative else value, is_ambiguous)
    english = _EN_NUMBER.fullmatch(text)
    if english:
        value = _decimal(english, ",")
        return ParsedNumber(value.copy_negate() if is_negative else value, True)
    return None


def _decimal(found: re.Match[str], thousands: str) -> Decimal:
    return Decimal(f"{found['whole'].replace(thousands, '')}.{found['part'] or '0'}")


def format_number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """1.234.567,89; as many decimals as the number has, or exactly `decimals`."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{number:,f}"
    whole, _, part = text.partition(".")
    if decimals is None:
        part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "")


# --- figures of a report -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure: what was counted, how much now, and how much the time before ("" for unknown)."""

    name: str
    now: str
    before: str = ""


_PERCENT_APART = re.compile(r"(?<=\d) (?=%)")  # 80 % is read, and broken, in one piece


def counted(text: str | None, before: str | None = None) -> list[Counted]:
    """The figures of a report, one a line: "Số lớp tập huấn: 12 lớp", or two cells of a sheet.

    A line with neither a colon nor a tab has a name and nothing else. Beside each stands what the
    report before said under the same name, in whatever writing of capitals and tones.
    """
    then = {fold(c.name): c.now for c in counted(before)} if before else {}
    found = []
    for line in filter(None, map(str.strip, (text or "").splitlines())):
        name, _, now = line.partition("\t" if "\t" in line else ":")
        name, now = name.strip(), _PERCENT_APART.sub("\N{NO-BREAK SPACE}", " ".join(now.split()))
        found.append(Counted(name, now, then.get(fold(name), "")))
    return found


# --- dates -------------------------------------------------------------------------------

_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_IN_WORDS = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.IGNORECASE)


# Days outside are slips of the finger, and reckoning from the ends of the calendar overflows.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def parse_date(typed: str) -> date | None:
    """5/1/2026, 05-01-2026, 05.01.2026 are 5 January; the month never comes first.

    None for what is no day of the years 1900 to 2200.
    """
    text = " ".join(nfc(typed).split())
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found[1], found[3], found[4]
    elif found := _YEAR_FIRST.fullmatch(text):  # what <input type="date"> sends
        year, month, day = found.groups()
    elif found := _IN_WORDS.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    found_day = _or_none(lambda: date(int(year), int(month), int(day)))
    return found_day if found_day and FIRST_YEAR <= found_day.year <= LAST_YEAR else None


def _or_none(make: Callable[[], date]) -> date | None:
    try:
        return make()
    except ValueError:
        return None


# --- symbols of documents ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """Number and symbol of a document, cut into parts; `typed` is never reformatted."""

    typed: str
    grammar: str  # "state": số[/năm]/LOẠI-CQ; "party": số-LOẠI/CQ
    number: str
    year: int | None
    kind: str | None  # NQ, QĐ, KH, TTr …; None where the symbol names none (letters, laws)
    issuer: str


# Nghị định 30/2020/NĐ-CP, phụ lục III; the legal documents and the Party's kinds after them.
_KINDS = frozenset(
    ("NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB")
    + ("TTr", "HĐ", "CĐ", "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "PT")
    + ("NĐ", "TT", "TTLT", "NQLT", "KL", "CV")
)
_NAME = r"[A-ZĐ][A-Za-zĐđ0-9&.]*"
_STATE = re.compile(
    rf"(?P<number>\d+[a-zđ]?)(?:/(?P<year>\d{{4}}))?/(?P<first>{_NAME})-(?P<rest>{_NAME}(?:-{_NAME})*)"
)
_PARTY = re.compile(rf"(?P<number>\d+[a-zđ]?)-(?P<kind>{_NAME})/(?P<issuer>{_NAME}(?:-{_NAME})*)")
_LAW = re.compile(r"(?P<number>\d+)/(?P<year>\d{4})/(?P<issuer>[A-ZĐ]{2,}\d*)")


def parse_document_number(typed: str) -> DocumentNumber | None:
    """Read a symbol by the two grammars of the State and the Party; None when it is neither."""
    text = re.sub(r"^số\s*:?\s*", "", repair(typed).strip(), flags=re.IGNORECASE)
    text = re.sub(r"\s*([/-])\s*", r"\1", text)
    if found := _STATE.fullmatch(text):
        is_kind = found["first"] in _KINDS
        return DocumentNumber(
            typed=typed,
            grammar="state",
            number=found["number"],
            year=int(found["year"]) if found["year"] else None,
            kind=found["first"] if is_kind else None,
            issuer=found["rest"] if is_kind else found["first"],
        )
    if found := _PARTY.fullmatch(text):
        return DocumentNumber(
            typed=typed,
            grammar="party",
            number=found["number"],
            year=None,
            kind=found["kind"],
            issuer=found["issuer"],
        )
    if found := _LAW.fullmatch(text):
        return DocumentNumber(
            typed=typed,
            grammar="state",
            number=found["number"],
            year=int(found["year"]),
            kind=None,
            issuer=found["issuer"],
        )
    return None
