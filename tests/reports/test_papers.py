"""Papers against the table of NĐ 30/2020/NĐ-CP, read back from the files that were written."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import docx
import openpyxl
import pytest

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
from reports.papers.pdf_writer import write_pdf
from reports.papers.widths import balanced, text_mm
from tests.reports.conftest import House, at
from workflow.law.facts import SYSTEM

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


@pytest.fixture
def busy(house: House) -> House:
    house.open_year(2024)
    house.open_year(2025, "2025-01-08")
    for letter, day in (("a", "2025-12-01"), ("b", "2025-12-20")):
        cycle = house.cycle(f"III.4.1-{letter}", "so-y-te", 2025)
        house.accept(cycle, "so-y-te", "2025-02-01")
        house.report(cycle, "so-y-te", day, "Đã khám sức khỏe cho 12.000 lượt người.")
        house.verify(cycle, "2025-12-28")
    return house


def words_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    rows = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([p.text for p in document.paragraphs] + rows)


@pytest.mark.parametrize(
    ("kind", "agency"),
    [
        ("year", None), ("year", "so-ldtbxh"), ("interim", None), ("final", None),
        ("agency-year", "so-y-te"), ("agency-sheet", "so-y-te"), ("urging-letter", "so-y-te"),
    ],
)  # fmt: skip
def test_every_paper_is_made_and_whole(busy, kind, agency):
    with busy.reading() as conn:
        made = catalogue.make(conn, SYSTEM, kind, Asked(2025, at("2026-01-15"), agency))
        files = catalogue.files_of(made)

    for name, content in files.items():
        if name.endswith(".docx"):
            words = words_of(content)
            assert "Độc lập - Tự do - Hạnh phúc" in words
            assert not any(bad in words for bad in ("{{", "None", "nan", "TODO"))
    assert any(name.endswith(".pdf") for name in files)


def test_word_and_excel_carry_the_same_totals(busy):
    with busy.reading() as conn:
        made = catalogue.make(conn, SYSTEM, "year", Asked(2025, at("2026-01-15")))
        files = catalogue.files_of(made)
        again = catalogue.make(conn, SYSTEM, "year", Asked(2025, at("2026-01-15")))

    b = made.figures.boxes
    words = words_of(next(c for n, c in files.items() if n.endswith(".docx")))
    assert f"đã hoàn thành {two(b.done)} (đúng hạn {two(b.done_on_time)}" in words
    book = openpyxl.load_workbook(
        io.BytesIO(next(c for n, c in files.items() if n.endswith(".xlsx")))
    )
    first = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows() if len(row) > 1}
    assert first["Tổng có hạn"] == b.total
    assert first["HT quá hạn"] == b.done_late == 1
    last = list(book["Theo cơ quan"].iter_rows(values_only=True))[-1]
    assert last[2:6] == (b.total, b.done_on_time, b.done_late, b.open_in_time)
    assert book["Danh mục"].max_row == len(made.figures.lines) + 1
    assert again.figures.text() == made.figures.text()
    assert catalogue.files_of(again) == files


def test_a_letter_is_not_sent_for_what_has_been_reported(busy):
    with busy.reading() as conn:
        made = catalogue.make(
            conn, SYSTEM, "urging-letter", Asked(2025, at("2026-01-15"), "so-y-te")
        )
    rows = next(b for b in made.papers[0].body if isinstance(b, Table)).rows

    assert not any(row[1].startswith(("III.4.1-a.", "III.4.1-b.")) for row in rows)
    assert all(row[4] in ("Đã giao", "Đang thực hiện") for row in rows)


def test_the_archive_holds_no_template_and_no_macro():
    names = zipfile.ZipFile(io.BytesIO(write_docx(a_paper()))).namelist()

    assert not any("vba" in n.lower() or n.endswith(".bin") for n in names)


def test_the_letterhead_of_the_committee_stands_alone():
    assert letterhead(COMMITTEE) == Letterhead(
        "Ủy ban nhân dân tỉnh", ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH THUẬN")
    )
    assert Signature(("GIÁM ĐỐC",)).name == ""
