"""Small real PDF files for the demo's reports."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO


def _plain(text: str) -> str:
    """Letters the built-in PDF fonts have: no Vietnamese marks."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if c.isascii() and c not in "()\\")


@contextmanager
def paper(title: str) -> Iterator[BytesIO]:
    """A one-page PDF (1.4, with its cross-reference table) that names the task."""
    lines = ["BAO CAO KET QUA THUC HIEN NHIEM VU", _plain(title)[:80], "(Tep mau cua ban demo)"]
    drawn = " ".join(f"({line}) Tj 0 -24 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 760 Td {drawn} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
    ]
    out = BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(str(number).encode() + b" 0 obj\n" + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 " + str(len(objects) + 1).encode() + b"\n0000000000 65535 f \n")
    for place in places:
        out.write(f"{place:010d} 00000 n \n".encode())
    out.write(b"trailer << /Size " + str(len(objects) + 1).encode() + b" /Root 1 0 R >>\n")
    out.write(b"startxref\n" + str(start).encode() + b"\n%%EOF\n")
    out.seek(0)
    yield out
