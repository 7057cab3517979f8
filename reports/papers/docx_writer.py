"""A paper as a Word file: sizes, margins and places of NĐ 30/2020/NĐ-CP, built piece by piece.

Nothing is read from a template, so nothing in the content can be executed. Tables are written as
XML in one go: an annex of 2,000 rows through the object model would take minutes.
"""

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from reports.papers.paper import (
    Block,
    Caption,
    Column,
    Fill,
    Heading,
    Paper,
    Para,
    Signature,
    Table,
)
from reports.papers.widths import balanced, column_widths, is_short, text_mm
from workflow.seals import Seal

FONT = "Times New Roman"
# Sizes of the sample column of phụ lục I: quốc hiệu, tiêu ngữ, chủ quản, ban hành, số, địa danh,
# tên loại, trích yếu, body.
SIZES = {
    "nation": 12, "motto": 13, "parent": 12, "issuer": 12, "number": 13, "day": 13,
    "kind": 14, "subject": 14, "body": 14, "about": 12, "sign": 14, "to": 12, "to_list": 11,
}  # fmt: skip
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
LEFT_CELL, RIGHT_CELL = 72, 93
KEEP = "<w:keepNext/>"
CENTER, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SEALED = "Niêm phong nhật ký hệ thống lúc lập văn bản này (kỳ · số mục · mã gốc):"


def write_docx(paper: Paper) -> bytes:
    """The bytes of the Word file; the same paper gives the same bytes."""
    document = Document()
    _base(document, paper)
    section = document.sections[0]
    _page(section, landscape=paper.landscape)
    _numbering(section)
    width = 297 - LEFT - RIGHT if paper.landscape else 210 - LEFT - RIGHT
    _head(document, paper, width)
    _title(document, paper)
    _addressees(document, paper)
    for base in paper.bases:
        _text(document, base, italic=True)
    for block in paper.body:
        _block(document, block, width)
    if document.paragraphs and isinstance(paper.body[-1] if paper.body else None, Para):
        # The signature never stands alone on a page.
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    _foot(document, paper, width)
    if paper.seal:
        _seal(document, paper.seal, width)
    for index, appendix in enumerate(paper.appendices):
        section = document.add_section(WD_SECTION.NEW_PAGE)
        _page(section, landscape=True)
        _numbering(section)
        _line(document, paper.appendix_number(index), 14, bold=True)
        _line(document, appendix.title.upper(), 14, bold=True)
        _line(document, paper.attached_to(), 13, italic=True, after=6)
        for block in appendix.blocks:
            _block(document, block, 297 - LEFT - RIGHT)
    return _settled(document)


def _base(document: Any, paper: Paper) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZES["body"])
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    for part in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(part), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    properties = document.core_properties
    properties.title = f"{paper.kind} {paper.subject}".strip()
    properties.author = " ".join(paper.letterhead.issuer)
    properties.comments = ""
    properties.language = "vi-VN"
    moment = paper.cutoff.replace(tzinfo=None)
    properties.created = properties.modified = moment


def _page(section: Any, *, landscape: bool) -> None:
    wide, high = (297, 210) if landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)


def _numbering(section: Any) -> None:
    """Arabic, from 1 in each section, centred in the top margin, not on its first page."""
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    section.first_page_header.is_linked_to_previous = False
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    # The schema wants it before the columns and the title page.
    columns = section._sectPr.find(qn("w:cols"))
    columns.addprevious(numbers)
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(14)
        if kind:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)
        else:
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)


def _line(
    where: Any, text: str, size: int, *, bold: bool = False, italic: bool = False,
    align: Any = CENTER, before: float = 0, after: float = 0, keep: bool = False,
) -> Any:  # fmt: skip
    paragraph = where.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = keep
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _rule(where: Any, length: float, cell: float, after: float = 0) -> None:
    """A thin line of this length (mm), centred in a cell of this width."""
    paragraph = _line(where, "", 2, before=2.5, after=after)
    paragraph.paragraph_format.line_spacing = Pt(2)
    side = max(0.0, (cell - length) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(side)
    borders = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        "</w:pBdr>"
    )
    properties = paragraph._p.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(borders)


def _two_cells(document: Any, left: float, right: float) -> tuple[Any, Any]:
    """An invisible table of two cells without inner margins; the cells, empty."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    properties = table._tbl.tblPr
    properties.append(
        parse_xml(
            f'<w:tblCellMar {nsdecls("w")}><w:left w:w="0" w:type="dxa"/>'
            '<w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        )
    )
    cells = table.rows[0].cells
    for cell, column, width in zip(cells, table.columns, (left, right), strict=True):
        column.width = cell.width = Mm(width)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return cells[0], cells[1]


def _drop_first(cell: Any) -> None:
    """A new cell holds an empty paragraph; it goes once there is another."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _head(document: Any, paper: Paper, width: int) -> None:
    left_mm = LEFT_CELL + (width - 165) / 2
    right_mm = width - left_mm
    left, right = _two_cells(document, left_mm, right_mm)
    head = paper.letterhead
    if head.parent:
        for line in balanced(head.parent, SIZES["parent"], left_mm - 4):
            _line(left, line, SIZES["parent"])
    lines = [x for part in head.issuer for x in balanced(part, SIZES["issuer"], left_mm - 4)]
    for line in lines:
        _line(left, line, SIZES["issuer"], bold=True)
    _rule(left, text_mm(lines[-1], SIZES["issuer"]) * 0.42, left_mm)
    _line(left, paper.notation, SIZES["number"], before=5)
    if paper.is_letter:
        for line in balanced(f"V/v {paper.subject}", SIZES["about"], left_mm - 6, bold=False):
            _line(left, line, SIZES["about"], before=6 if line.startswith("V/v") else 0)
    _line(right, NATION, SIZES["nation"], bold=True)
    _line(right, MOTTO, SIZES["motto"], bold=True)
    _rule(right, text_mm(MOTTO, SIZES["motto"]), right_mm)
    # The day stands level with the number, whatever the length of the names on the left.
    extra = len(lines) + (1 if head.parent else 0) - 2
    _line(right, paper.place_and_day, SIZES["day"], italic=True, before=5 + 13.8 * max(0, extra))
    _drop_first(left)
    _drop_first(right)


def _title(document: Any, paper: Paper) -> None:
    if paper.is_letter:
        _line(document, "", 6)
        return
    _line(document, paper.kind, SIZES["kind"], bold=True, before=14)
    if paper.subject:
        lines = balanced(paper.subject, SIZES["subject"], 140)
        for line in lines:
            _line(document, line, SIZES["subject"], bold=True)
        width = 297 - LEFT - RIGHT if paper.landscape else 210 - LEFT - RIGHT
        _rule(document, text_mm(lines[-1], SIZES["subject"]) * 0.4, width, after=8)


def _addressees(document: Any, paper: Paper) -> None:
    if not paper.addressees:
        return
    if len(paper.addressees) == 1:
        _line(document, f"Kính gửi: {paper.addressees[0]}", SIZES["body"], before=4, after=8)
        return
    _line(document, "Kính gửi:", SIZES["body"], align=WD_ALIGN_PARAGRAPH.LEFT, before=4
          ).paragraph_format.left_indent = Mm(30)  # fmt: skip
    for index, who in enumerate(paper.addressees):
        last = index == len(paper.addressees) - 1
        line = _line(
            document, f"- {who}{'.' if last else ';'}", SIZES["body"],
            align=WD_ALIGN_PARAGRAPH.LEFT, after=8 if last else 0,
        )  # fmt: skip
        line.paragraph_format.left_indent = Mm(52)


def _text(
    where: Any, text: str, *, italic: bool = False, bold: bool = False, source: int | None = None,
    keep: bool = False,
) -> Any:  # fmt: skip
    paragraph = where.add_paragraph()
    paragraph.alignment = JUSTIFY
    shape = paragraph.paragraph_format
    shape.first_line_indent, shape.space_after, shape.line_spacing = Mm(12.7), Pt(6), 1.1
    shape.keep_with_next = keep
    run = paragraph.add_run(text)
    run.italic, run.bold = italic, bold
    if source is not None:
        mark = paragraph.add_run(f"({source})")
        mark.font.superscript = True
    return paragraph


def _block(document: Any, block: Block, width: float) -> None:
    match block:
        case Heading():
            _text(document, block.text, bold=True, italic=block.level > 2, keep=True)
        case Para():
            _text(document, block.text, italic=block.italic, source=block.source)
        case Fill():
            _text(document, f"[{block.text}]", italic=True)
        case Caption():
            _line(document, block.text, 13, bold=block.bold, before=4, after=4, keep=True)
        case Table():
            _table(document, block, width)


def _foot(document: Any, paper: Paper, width: float) -> None:
    """Recipients on the left, level with the signature on the right."""
    left_mm = 70 + (width - 165) / 2
    if paper.second_signature:
        left_mm = width / 2
    _line(document, "", 6, keep=True)
    left, right = _two_cells(document, left_mm, width - left_mm)
    if paper.second_signature:
        _signature(left, paper.second_signature)
    else:
        _line(left, "Nơi nhận:", SIZES["to"], bold=True, italic=True, align=None)
        for index, who in enumerate(paper.recipients):
            end = "." if index == len(paper.recipients) - 1 else ";"
            _line(left, f"- {who}{end}", SIZES["to_list"], align=None)
    _signature(right, paper.signature)
    _drop_first(left)
    _drop_first(right)


def _seal(document: Any, seal: Seal, width: float) -> None:
    """The head of the log on the day the paper was made: QR and root, small, below everything."""
    _line(document, "", 6, keep=True)
    left, right = _two_cells(document, 24, width - 24)
    left.paragraphs[0].add_run().add_picture(io.BytesIO(seal.png), width=Mm(20))
    _line(right, SEALED, 8, align=None, before=6)
    _line(right, seal.line, 8, align=None)
    _drop_first(right)


def _signature(cell: Any, signature: Signature) -> None:
    for line in signature.lines:
        is_note = line.startswith("(")
        _line(cell, line, 13 if is_note else SIZES["sign"], bold=not is_note, italic=is_note)
    for _ in range(4):
        _line(cell, "", SIZES["sign"])
    _line(cell, signature.name, SIZES["sign"], bold=True)


ALIGN = {"left": "left", "center": "center", "right": "right"}


def _table(document: Any, table: Table, width: float) -> None:
    """The whole table as one piece of XML, heading repeated on each page, rows never split."""
    in_mm = column_widths(table, width)
    widths = [round(mm * 56.6929) for mm in in_mm]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    # A short table stays on one page.
    together = is_short(table, in_mm)
    titles = [c.title for c in table.columns]
    rows = [_row(titles, table.columns, widths, table.size, head=True, keep=together)]
    rows += [
        _row(cells, table.columns, widths, table.size, strong=i in table.strong, keep=together)
        for i, cells in enumerate(table.rows)
    ]
    if together and table.rows:
        rows[-1] = rows[-1].replace(KEEP, "")
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    xml = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")
    _line(document, "", 6)


def _row(
    cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], size: int,
    *, head: bool = False, strong: bool = False, keep: bool = False,
) -> str:  # fmt: skip
    bold = "<w:b/>" if head or strong else ""
    run = f'<w:rPr>{bold}<w:sz w:val="{size * 2}"/><w:szCs w:val="{size * 2}"/></w:rPr>'
    parts = []
    for text, column, width in zip(cells, columns, widths, strict=True):
        align = "center" if head else ALIGN[column.align]
        lines = "<w:br/>".join(
            f'<w:t xml:space="preserve">{escape(clean(x))}</w:t>' for x in text.split("\n")
        )
        middle = '<w:vAlign w:val="center"/>' if head else ""
        parts.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{middle}</w:tcPr>'
            f'<w:p><w:pPr>{KEEP if keep else ""}<w:spacing w:before="20" w:after="20"/>'
            f'<w:jc w:val="{align}"/></w:pPr>'
            f"<w:r>{run}{lines}</w:r></w:p></w:tc>"
        )
    repeat = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(parts)}</w:tr>"


def clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c == "\t")


def _settled(document: Any) -> bytes:
    """Saved, with every date of the archive set to one, so that equal content is equal bytes."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name),
                            zipfile.ZIP_DEFLATED)  # fmt: skip
    return out.getvalue()
