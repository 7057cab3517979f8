"""What hostile input is made of: values, headers, bodies, methods, parts of addresses, files."""

from __future__ import annotations

import itertools
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from io import BytesIO

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
URLENCODED = "application/x-www-form-urlencoded"
CANARY = '"><svg onload=alert(739)>'

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


class Lot:
    """Every so-many-th of a stream, always the same ones."""

    def __init__(self, share: int) -> None:
        self.share, self.turn = share, itertools.count()

    def falls(self) -> bool:
        return next(self.turn) % self.share == 0
