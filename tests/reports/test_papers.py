"""Papers against the table of NĐ 30/2020/NĐ-CP, read back from the files that were written."""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont
from lxml import etree

from models.states import Capacity
from reports import catalogue
from reports.catalogue import Asked
from reports.papers.docx_writer import write_docx
from reports.papers.names import (
    letterhead,
    letters,
    paper_day,
    percent,
    signature,
    symbol,
    two,
    without_province,
)
from reports.papers.paper import (
    Appendix,
    Column,
    Fill,
    Heading,
    Letterhead,
    Paper,
    Para,
    Signature,
    Table,
)
from reports.papers.pdf_writer import FONTS, write_pdf
from reports.papers.widths import balanced, column_widths, is_short, text_mm
from tests import engines
from tests.conftest import with_plan
from tests.reports.conftest import House, at, moved_in
from tests.visitors import set_clock
from tests.web.reader import Reader, words
from workflow.law.facts import SYSTEM
from workflow.text import format_number

LABOUR = {
    "code": "so-ldtbxh",
    "kind": "department",
    "short": "Sở LĐTBXH",
    "name": "Sở Lao động - Thương binh và Xã hội tỉnh Bình Thuận",
}
COMMITTEE = {
    "code": "ubnd-tinh",
    "kind": "other",
    "short": "UBND tỉnh",
    "name": "Ủy ban nhân dân tỉnh Bình Thuận",
}
COLUMNS = (Column("TT", 1, "center"), Column("Nội dung", 8), Column("Số", 2, "right"))


def a_paper(**more):
    given = {
        "name": "thu",
        "letterhead": letterhead(LABOUR),
        "symbol": symbol("BC", LABOUR),
        "year": 2026,
        "kind": "BÁO CÁO",
        "subject": "Kết quả thực hiện Kế hoạch số 2940/KH-UBND năm 2025",
        "body": (
            Heading("I. KẾT QUẢ"),
            Para("Một đoạn dài. " * 30, source=1),
            Fill("Bổ sung"),
            Table(COLUMNS, [["1", "=1+1", "5"], ["", "Tổng cộng", "5"]], frozenset({1})),
            Para("Kính báo cáo./."),
        ),
        "signature": signature(LABOUR, Capacity.KT, "Trần Văn An"),
        "recipients": ("Như trên", "Lưu: VT, VP"),
        "cutoff": datetime(2026, 1, 15, tzinfo=UTC),
        "addressees": ("Ủy ban nhân dân tỉnh",),
    }
    return Paper(**(given | more))


def opened(paper: Paper):
    return docx.Document(io.BytesIO(write_docx(paper)))


def sized(paragraph):
    usual = paragraph.part.document.styles["Normal"].font.size
    return [
        (r.text, (r.font.size or usual).pt, bool(r.bold), bool(r.italic))
        for r in paragraph.runs
        if r.text
    ]


def test_page_and_margins():
    section = opened(a_paper()).sections[0]

    assert [round(x.mm) for x in (section.page_width, section.page_height)] == [210, 297]
    margins = (
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin,
    )  # fmt: skip
    assert [round(m.mm) for m in margins] == [20, 20, 30, 15]


def test_the_head_cell_by_cell():
    left, right = opened(a_paper()).tables[0].rows[0].cells

    assert [x for p in left.paragraphs for x in sized(p)] == [
        ("UBND TỈNH BÌNH THUẬN", 12, False, False),
        ("SỞ LAO ĐỘNG -", 12, True, False),
        ("THƯƠNG BINH VÀ XÃ HỘI", 12, True, False),
        ("Số:         /BC-SLĐTBXH", 13, False, False),
    ]
    assert [x for p in right.paragraphs for x in sized(p)] == [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False),
        ("Độc lập - Tự do - Hạnh phúc", 13, True, False),
        ("Bình Thuận, ngày       tháng       năm 2026", 13, False, True),
    ]


def test_the_order_and_the_sizes_of_what_follows():
    document = opened(a_paper())
    found = [x for p in document.paragraphs for x in sized(p)]

    assert found[0] == ("BÁO CÁO", 14, True, False)
    assert found[1][1:] == (14, True, False)
    kinds = [text for text, *_ in found]
    assert kinds.index("Kính gửi: Ủy ban nhân dân tỉnh") < kinds.index("I. KẾT QUẢ")
    body = next(p for p in document.paragraphs if p.text.startswith("Một đoạn"))
    assert round(body.paragraph_format.first_line_indent.mm) == 13
    assert body.paragraph_format.space_after.pt >= 6
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert document.styles["Normal"].font.size.pt == 14
    assert [p.text for p in document.paragraphs if p.text][-1] == "Kính báo cáo./."


def test_recipients_stand_left_of_the_signature():
    left, right = opened(a_paper()).tables[-1].rows[0].cells

    assert [x for p in left.paragraphs for x in sized(p)] == [
        ("Nơi nhận:", 12, True, True),
        ("- Như trên;", 11, False, False),
        ("- Lưu: VT, VP.", 11, False, False),
    ]
    assert [x[0] for p in right.paragraphs for x in sized(p)] == [
        "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Văn An",
    ]  # fmt: skip


def test_pages_are_numbered_in_the_top_margin_but_not_the_first():
    document = opened(a_paper(appendices=(Appendix("Danh mục", (Table(COLUMNS, []),)),)))

    first, second = document.sections
    for section in (first, second):
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml
        assert 'w:pgNumType w:start="1"' in section._sectPr.xml
    assert second.page_width > second.page_height


def test_letters_name_their_subject_under_the_number():
    left = opened(a_paper(kind="", subject="đôn đốc báo cáo")).tables[0].rows[0].cells[0]

    assert sized(left.paragraphs[-1]) == [("V/v đôn đốc báo cáo", 12, False, False)]


def test_several_addressees_stand_in_lines():
    document = opened(a_paper(addressees=("Chủ tịch UBND tỉnh", "Sở Nội vụ")))

    texts = [p.text for p in document.paragraphs]
    at_ = texts.index("Kính gửi:")
    assert texts[at_ + 1 : at_ + 3] == ["- Chủ tịch UBND tỉnh;", "- Sở Nội vụ."]


def test_the_same_paper_is_the_same_bytes():
    assert write_docx(a_paper()) == write_docx(a_paper())


def test_nothing_typed_is_evaluated():
    evil = '#read("paper.typ") {{ 7*7 }} <w:t>x</w:t> & "'
    paper = a_paper(body=(Para(evil), Table(COLUMNS, [[evil, evil, evil]])))

    document = opened(paper)
    assert document.paragraphs[4].text == evil or evil in [p.text for p in document.paragraphs]
    assert document.tables[1].rows[1].cells[0].text == evil
    assert write_pdf(paper).startswith(b"%PDF")


def test_the_pdf_carries_its_own_font():
    pdf = write_pdf(a_paper(appendices=(Appendix("Danh mục", (Para("x"),)),)))

    assert pdf.startswith(b"%PDF-1.7")
    assert b"LiberationSerif" in pdf


def test_a_row_that_does_not_fit_its_headings_is_refused():
    with pytest.raises(ValueError, match="2 cells under 3"):
        write_docx(a_paper(body=(Table(COLUMNS, [["1", "2"]]),)))


def test_who_signs_how():
    assert signature(LABOUR).lines == ("GIÁM ĐỐC",)
    assert signature(LABOUR, Capacity.Q).lines == ("Q. GIÁM ĐỐC",)
    assert signature(COMMITTEE, Capacity.KT).lines == (
        "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH",
    )  # fmt: skip
    assert signature(COMMITTEE, Capacity.TL).lines == ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")
    with pytest.raises(ValueError, match="TUQ"):
        signature(LABOUR, Capacity.TUQ)


def test_names_numbers_and_days_as_they_stand_on_paper():
    assert paper_day(date(2026, 1, 5)) == "ngày 05 tháng 01 năm 2026"
    assert paper_day(date(2026, 6, 29)) == "ngày 29 tháng 6 năm 2026"
    assert [two(n) for n in (0, 5, 10, 1200)] == ["0", "05", "10", "1.200"]
    assert percent(Decimal("98.63")) == "98,63%"
    assert letters("Sở NN&PTNT") == "SNNPTNT"
    assert letters("UBND huyện Phú Quý") == "UBND"
    assert symbol("", LABOUR) == "SLĐTBXH-TH"
    assert without_province("Thanh tra tỉnh Bình Thuận") == "Thanh tra tỉnh"
    assert without_province("Sở Y tế tỉnh Bình Thuận") == "Sở Y tế"
    assert without_province(COMMITTEE["name"]) == "Ủy ban nhân dân tỉnh"


def test_lines_are_broken_evenly():
    lines = balanced("Kết quả thực hiện Nghị quyết số 12-NQ/TU và Kế hoạch số 2940/KH-UBND", 14, 90)

    assert len(lines) == 2
    assert abs(text_mm(lines[0], 14) - text_mm(lines[1], 14)) < 25
    assert balanced("SỞ LAO ĐỘNG - THƯƠNG BINH", 12, 50)[0].endswith("-")


WHEN = at("2026-01-15")
WANTED = (
    ("year", None), ("year", "so-ldtbxh"), ("interim", None), ("final", None),
    ("agency-year", "so-y-te"), ("agency-sheet", "so-y-te"), ("urging-letter", "so-y-te"),
)  # fmt: skip
Made = Mapping[tuple[str, str | None], catalogue.Made]


def made_in(house: House) -> Made:
    with house.reading() as conn:
        return {
            (kind, agency): catalogue.make(conn, SYSTEM, kind, Asked(2025, WHEN, agency))
            for kind, agency in WANTED
        }


@dataclass(frozen=True)
class Shelf:
    """Every paper of a busy year, made once: papers follow from figures, on whatever engine."""

    house: House
    made: Made
    year: Mapping[str, bytes]

    def first(self, kind: str, agency: str | None = None) -> Paper:
        return self.made[kind, agency].papers[0]


@pytest.fixture(scope="module")
def shelf(
    both_engines: engines.Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelf]:
    databases, home = both_engines["sqlite"], tmp_path_factory.mktemp("shelf")
    plan = with_plan(databases, tmp_path_factory)
    with moved_in(databases, plan, home, "busy_year") as house:
        made = made_in(house)
        yield Shelf(house, made, catalogue.files_of(made["year", None]))


def body_of(content: bytes) -> etree._Element:
    """The document itself, without the object model, which is slow to read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def words_of(content: bytes) -> str:
    return "\n".join(words_in(p) for p in body_of(content).iter(qn("w:p")))


def words_in(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


@pytest.mark.parametrize(("kind", "agency"), WANTED)
def test_every_paper_is_made_and_whole(shelf, kind, agency):
    words = words_of(write_docx(shelf.first(kind, agency)))

    assert "Độc lập - Tự do - Hạnh phúc" in words
    assert not any(bad in words for bad in ("{{", "None", "nan", "TODO"))


def test_the_paper_of_an_agency_tells_the_figures_of_each_report(shelf):
    said = words_of(write_docx(shelf.first("agency-year", "so-y-te")))

    assert "Số liệu chính: Số lớp 12 lớp; Số xã 3." in said


@pytest.mark.skipif(len(engines.wanted()) < 2, reason="one engine was asked for")
def test_both_engines_count_the_same(shelf, both_engines, tmp_path_factory):
    databases, home = both_engines["postgresql"], tmp_path_factory.mktemp("twin")
    plan = with_plan(databases, tmp_path_factory)
    with moved_in(databases, plan, home, "busy_year") as house:
        twin = made_in(house)

    for wanted, made in shelf.made.items():
        assert twin[wanted].papers == made.papers


def told(page, label: str) -> str:
    """The number of a figure of the page."""
    box = next(div for div in page.all("div", class_="dd-figure-label") if words(div) == label)
    parent = {child: parent for parent in page.tree.iter() for child in parent}[box]
    return words(next(x for x in parent if x.get("class") == "dd-figure-number"))


def test_screen_excel_and_word_carry_the_same_totals(shelf):
    b = shelf.made["year", None].figures.boxes
    set_clock(shelf.house.app, WHEN + timedelta(hours=1))
    page = Reader(shelf.house.app, shelf.house.actors["vp.ubnd-tinh"]).get("/dashboard?year=2025")
    word = body_of(shelf.year["bao-cao-nam-2025.docx"])
    book = openpyxl.load_workbook(io.BytesIO(shelf.year["bao-cao-nam-2025.xlsx"]))

    # the whole
    first = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows() if len(row) > 1}
    said = words_of(shelf.year["bao-cao-nam-2025.docx"])
    assert b.done_late == 1
    assert first["Tổng có hạn"] == b.total
    assert f"được giao có thời hạn: {two(b.total)}." in said
    assert told(page, "Tổng số nhiệm vụ có hạn") == format_number(b.total)
    assert f"nhiệm vụ đến hạn: {percent(b.completion_rate)}" in said
    assert Decimal(str(first["Tỷ lệ hoàn thành (%)"])) == b.completion_rate
    assert told(page, "Tỷ lệ hoàn thành nhiệm vụ đến hạn") == percent(b.completion_rate)
    # each agency: on time, late, open in time, open overdue
    in_excel = {
        without_province(row[1]): tuple(row[3:7])
        for row in list(book["Theo cơ quan"].iter_rows(values_only=True))[1:-1]
    }
    on_paper = {}
    for table in word.iter(qn("w:tbl")):
        rows = [[words_in(c) for c in r.iter(qn("w:tc"))] for r in table.iter(qn("w:tr"))]
        if rows[0][1:3] == ["Cơ quan", "Tổng"]:
            for row in rows[1:]:
                name = row[1].removesuffix(" (thường trực)")
                on_paper[name] = tuple(int(n) for n in row[3:7])
    on_screen = {}
    for row in page.all("tr"):
        cells = [words(c) for c in row]
        if len(cells) == 7 and cells[1][-1:] in ("%", "—"):
            name = without_province(cells[0].removesuffix(" cơ quan thường trực"))
            on_screen[name] = tuple(int(n) for n in cells[2:6])
    del on_paper["Tổng cộng"]
    assert len(in_excel) > 20
    assert in_excel == on_paper == on_screen


def test_strangers_read_the_same_numbers_and_the_indicators(shelf):
    set_clock(shelf.house.app, at("2025-12-31"))

    page = Reader(shelf.house.app).get("/public")

    assert told(page, "Hoàn thành đúng hạn") == "1"
    assert told(page, "Hoàn thành quá hạn") == "1"
    # due on the last day of the year
    assert told(page, "Chưa hoàn thành, trong hạn") == "2"
    assert "Tỷ lệ thất nghiệp" in page.text
    assert "Chưa đủ số liệu" in page.text
    assert "Đầu nhật ký đã niêm phong" not in page.text  # nothing has been sealed yet


def test_the_list_behind_the_figures_is_whole_and_the_second_run_is_equal(shelf):
    made = shelf.made["year", None]
    book = openpyxl.load_workbook(io.BytesIO(shelf.year["bao-cao-nam-2025.xlsx"]))
    again = made_in(shelf.house)

    assert book["Danh mục"].max_row == len(made.figures.lines) + 1
    assert again["year", None].figures.text() == made.figures.text()
    assert again["year", None].papers == made.papers
    sheet = again["agency-sheet", "so-y-te"]
    assert catalogue.files_of(sheet) == catalogue.files_of(shelf.made["agency-sheet", "so-y-te"])


def test_a_letter_is_not_sent_for_what_has_been_reported(shelf):
    body = shelf.first("urging-letter", "so-y-te").body
    rows = next(b for b in body if isinstance(b, Table)).rows

    assert not any(row[1].startswith(("III.4.1-a.", "III.4.1-b.")) for row in rows)
    assert all(row[4] in ("Đã giao", "Đang thực hiện") for row in rows)


def test_the_archive_holds_no_template_and_no_macro():
    names = zipfile.ZipFile(io.BytesIO(write_docx(a_paper()))).namelist()

    assert not any("vba" in n.lower() or n.endswith(".bin") for n in names)


def test_no_word_is_broken_for_want_of_room_and_short_tables_stay_whole():
    columns = (Column("STT", 1, "center"), Column("Lãnh đạo quản lý", 1), Column("Nội dung", 20))
    short = Table(columns, [["1", "Không", "chữ " * 20]])
    long = Table(columns, [["1", "Không", "chữ " * 20]] * 60)
    widths = column_widths(short, 165)

    assert round(sum(widths), 6) == 165
    assert widths[0] > text_mm("STT", 12)
    assert widths[1] > text_mm("Không", 12)
    assert is_short(short, widths)
    assert not is_short(long, widths)
    kept = [
        opened(a_paper(body=(t,))).tables[1]._tbl.xml.count("w:keepNext") for t in (short, long)
    ]
    assert kept == [3, 0]
    endless = Table(columns, [["x" * 200] * 3])
    assert column_widths(endless, 160) == pytest.approx([40, 40, 80])


def test_the_letterhead_of_the_committee_stands_alone():
    assert letterhead(COMMITTEE) == Letterhead(
        "Ủy ban nhân dân tỉnh", ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH THUẬN")
    )
    assert Signature(("GIÁM ĐỐC",)).name == ""


# Every letter of the Vietnamese alphabet in each of its tones, small and capital.
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = {unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES} | set(
    "bcdđghklmnpqrstvx"
)
ALPHABET = "".join(sorted(SMALL | {letter.upper() for letter in SMALL}))
BESIDE = "0123456789.,;:!?()[]/%+-–—“”‘’…≥≤ fjwzFJWZ"


def to_unicode(pdf: bytes) -> dict[str, int]:
    """Which glyph of its embedded fonts a PDF draws for each character."""
    found: dict[str, int] = {}
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            text = zlib.decompress(packed)
            for block in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.DOTALL):
                for glyph, char in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                    found[bytes.fromhex(char.decode()).decode("utf-16-be")] = int(glyph, 16)
    return found


def test_the_alphabet_of_the_tests_is_whole():
    assert len(ALPHABET) == 2 * (12 * 6 + 17)
    assert all(unicodedata.is_normalized("NFC", letter) for letter in ALPHABET)


@pytest.mark.parametrize("font", sorted(FONTS.glob("*.ttf")), ids=lambda f: f.stem)
def test_every_letter_of_vietnamese_is_in_every_font_that_is_shipped(font):
    glyphs = TTFont(font).getBestCmap()

    assert [letter for letter in ALPHABET + BESIDE if ord(letter) not in glyphs] == []


def test_the_pdf_draws_every_letter_with_its_own_font():
    """Also in bold and italic: every letter has a glyph, and none is the box of a missing one."""
    plain = Para(ALPHABET + BESIDE)
    pdf = write_pdf(a_paper(body=(plain, Para(ALPHABET, italic=True), Heading(ALPHABET, 2))))
    drawn = to_unicode(pdf)

    assert [letter for letter in ALPHABET + BESIDE if not drawn.get(letter)] == []
    named = re.findall(rb"/FontName\s*/[A-Z]{6}\+(LiberationSerif[\w-]*)", pdf)
    assert {b"LiberationSerif", b"LiberationSerif-Bold", b"LiberationSerif-Italic"} <= set(named)
    assert len(re.findall(rb"/FontFile[23]?\b", pdf)) == len(named), "named, and not embedded"
