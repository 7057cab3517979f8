"""A receipt on paper: the event in plain Vietnamese, the place in the log, and QR codes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import typst

from ledger.checkpoint import parse
from ledger.receipt import Receipt
from workflow.seals import qr_svg

HERE = Path(__file__).parent
FONTS = HERE.parent / "reports" / "fonts"
QR_BYTES = 1024  # more makes a code that a phone reads badly from paper


def write_pdf(
    receipt: Receipt,
    sentences: Sequence[str],
    entry: Mapping[str, str],
    fingerprint: str,
) -> bytes:
    """The bytes of one page. `entry`: its `object`, the moment `at` as written, `digest`."""
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
        "proof-qr": qr_svg(without_body),
        "body-qr": qr_svg(receipt.body) if len(receipt.body.encode()) <= QR_BYTES else None,
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
