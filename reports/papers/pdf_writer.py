"""A paper as PDF, from the same value as the Word file, by a template of our own."""

import json
import re
from pathlib import Path
from typing import Any

import typst

from reports.papers.docx_writer import (
    LEFT,
    LEFT_CELL,
    RIGHT,
    SEALED,
    SIZES,
    clean,
)
from reports.papers.paper import Block, Caption, Fill, Heading, Paper, Para, Signature, Table
from reports.papers.widths import balanced, column_widths, is_short, text_mm

HERE = Path(__file__).parent
TEMPLATE = HERE / "paper.typ"
FONTS = HERE.parent / "fonts"
SYMBOL = re.compile(r"\d+/[^\s;,.]+")
JOINED = "\N{WORD JOINER}"  # no line ends here


def write_pdf(paper: Paper) -> bytes:
    """The bytes of the PDF; our fonts are embedded, the machine's own are not looked at."""
    found: bytes = typst.compile(
        TEMPLATE,
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(data_of(paper), ensure_ascii=False)},
    )
    return found


def data_of(paper: Paper) -> dict[str, Any]:
    """The paper as plain data for the template."""
    width = 297 if paper.landscape else 210
    left_mm = LEFT_CELL + (width - LEFT - RIGHT - 165) / 2
    issuer = [
        x for part in paper.letterhead.issuer for x in balanced(part, SIZES["issuer"], left_mm - 4)
    ]
    subject = balanced(paper.subject, SIZES["subject"], 140) if paper.subject else []
    made = paper.cutoff
    return {
        "title": f"{paper.kind} {paper.subject}".strip(),
        "author": " ".join(paper.letterhead.issuer),
        "made": [made.year, made.month, made.day],
        "landscape": paper.landscape,
        "parent": paper.letterhead.parent,
        "issuer": issuer,
        "issuer-rule": round(text_mm(issuer[-1], SIZES["issuer"]) * 0.42, 1),
        "notation": paper.notation.replace("  ", "\u00a0\u00a0"),
        "about": _unbroken(f"V/v {paper.subject}") if paper.is_letter else None,
        "place_and_day": paper.place_and_day.replace("  ", "\u00a0\u00a0"),
        "kind": paper.kind,
        "subject": [] if paper.is_letter else subject,
        "subject-rule": round(text_mm(subject[-1], SIZES["subject"]) * 0.4, 1) if subject else 0,
        "addressees": list(paper.addressees),
        "bases": list(paper.bases),
        "body": [
            {**_block(b, width), "last": i == len(paper.body) - 1} for i, b in enumerate(paper.body)
        ],
        "signature": _signature(paper.signature),
        "second": _signature(paper.second_signature) if paper.second_signature else None,
        "recipients": list(paper.recipients),
        "seal": {"qr": paper.seal.svg, "words": SEALED, "line": paper.seal.line}
        if paper.seal
        else None,
        "appendices": [
            {
                "number": paper.appendix_number(i),
                "title": a.title.upper(),
                "attached": paper.attached_to(),
                "blocks": [{**_block(b, 297), "last": False} for b in a.blocks],
            }
            for i, a in enumerate(paper.appendices)
        ],
    }


def _unbroken(text: str) -> str:
    """With the symbols of documents each on one line: 2940/KH-UBND."""
    return SYMBOL.sub(lambda found: found[0].replace("/", f"/{JOINED}"), text)


def _signature(signature: Signature) -> dict[str, Any]:
    return {"lines": list(signature.lines), "name": signature.name}


def _block(block: Block, page: float) -> dict[str, Any]:
    match block:
        case Heading():
            return {"type": "heading", "text": block.text, "level": block.level}
        case Para():
            return {
                "type": "para",
                "text": block.text,
                "italic": block.italic,
                "source": block.source,
            }
        case Fill():
            return {"type": "fill", "text": block.text}
        case Caption():
            return {"type": "caption", "text": block.text, "bold": block.bold}
        case Table():
            widths = column_widths(block, page - LEFT - RIGHT)
            return {
                "type": "table",
                "size": block.size,
                "columns": [
                    {"title": c.title, "width": round(mm, 2), "align": c.align}
                    for c, mm in zip(block.columns, widths, strict=True)
                ],
                "short": is_short(block, widths),
                "rows": [[clean(cell) for cell in row] for row in block.rows],
                "strong": sorted(block.strong),
            }
