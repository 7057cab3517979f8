"""A receipt on paper: the event in plain Vietnamese, the place in the log, and QR codes."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import segno
import typst

from ledger.checkpoint import parse
from ledger.receipt import Receipt

HERE = Path(__file__).parent
FONTS = HERE.parent / "reports" / "fonts"
QR_BYTES = 1024  # more makes a code that a phone reads badly from paper


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make_qr(text.encode(), error="l").save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


def write_pdf(
    receipt: Receipt,
    sentences: Sequence[str],
    entry: Mapping[str, str],
    fingerprint: str,
) -> bytes:
    """The bytes of one page. `entry`: its `object`, the moment `at` as people write it, `digest`."""
    head = parse(receipt.note)[0]
    facts = [
        ("Đối tượng", entry["object"]),
        ("Lúc", entry["at"]),
        ("Vị trí", f"#{receipt.index}"),
        ("Niêm phong", f"{head.at}, cùng {head.size} mục"),
        ("Mã băm", entry["digest"]),
    ]
    lines = receipt.render().split("\n")
    without_body = "\n".join([lines[0], *lines[2:]])
    data = {
        "title": f"Biên nhận nhật ký số {receipt.index}",
        "subtitle": f"Mục #{receipt.index} · {head.origin}",
        "sentences": list(sentences),
        "facts": [list(f) for f in facts],
        "proof-qr": _qr(without_body),
        "body-qr": _qr(receipt.body) if len(receipt.body.encode()) <= QR_BYTES else None,
        "fingerprint": fingerprint,
        "root": head.root.hex(),
    }
    found: bytes = typst.compile(
        HERE / "receipt.typ",
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"receipt": json.dumps(data, ensure_ascii=False)},
    )
    return found
