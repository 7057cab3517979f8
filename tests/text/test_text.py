"""Vietnamese text as tables: the cases of the plan notes, of real forms and of dictionaries."""

import unicodedata
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.text import (
    clean,
    counted,
    fold,
    format_number,
    nfc,
    parse_date,
    parse_document_number,
    parse_number,
    repair,
    search_text,
    vi_key,
    vi_name_key,
)

VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)


# --- repair: plan notes 4.1 - 4.3 --------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("l\u01a1i\u0323", "lợi"),
        ("đ\u01b0\u01a1c\u0323", "được"),
        ("tr\u01a1 \u0323 xã hội", "trợ xã hội"),
        ("l\u01b0\u01a1n\u0323g", "lượng"),
        ("h\u01a1p\u0323", "hợp"),
        ("t\u01b0\u01a1n\u0323g", "tượng"),
        ("di t\u00d5\u0301ch", "di tích"),
        ("lic\u0323h", "lịch"),
        ("LỰC L\u01af\u01a0N\u0323G", "LỰC LƯỢNG"),
        ("t\u00f4\u0300n", "tồn"),
        ("cha\u0323ỵ", "chạỵ"),  # two tones: not a known damage, left for a person to see
    ],
)
def test_tone_marks_go_back_to_their_vowel(broken, whole):
    assert repair(broken) == whole


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("số 12-\nNQ/TU nhằm", "số 12-NQ/TU nhằm"),
        ("số 20-\nCT/TW", "số 20-CT/TW"),
        ("số 06/NQ-\nCP", "số 06/NQ-CP"),
        ("86/2019/NQ-\nHĐND", "86/2019/NQ-HĐND"),
        ("10- NQ/TU", "10-NQ/TU"),
        ("1760/QĐ-\nUBND", "1760/QĐ-UBND"),
        ("giai đoạn 2021 - 2025", "giai đoạn 2021 - 2025"),
        ("từ 70 - 75%", "từ 70 - 75%"),
        ("văn hóa - TƯ TƯỞNG", "văn hóa - TƯ TƯỞNG"),
    ],
)
def test_symbols_cut_by_the_line_end_are_joined(broken, whole):
    assert repair(broken) == whole


@pytest.mark.parametrize(
    "text",
    [
        "hoà bình, hòa bình, thuý, thúy, khoẻ, khỏe",
        "nghệ sỹ, liệt sĩ, Uỷ ban, Ủy ban",
        "của cứu thuở gửi quở quyển giữa nghiêng khuỷu loằng ngoằng",
        "España, Peña, café, dépôt, forêt, naïve, Škoda, Dvořák",
        "m2/người; 99,5%; A-ZĐ",
    ],
)
def test_right_text_is_left_alone(text):
    assert repair(text) == text


def test_what_is_pasted_is_cleaned():
    assert clean("\ufeff  Kế\u00a0hoạch \r\n tỉnh\u200b ") == "Kế hoạch \n tỉnh"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\0b\x01\x1b[31m\x7f\x9f", "ab[31m"),
        ("bao-cao-\u202egpj.exe", "bao-cao-gpj.exe"),
        ("\u2066mot\u2069 \u200fhai\u200e", "mot hai"),
        ("một\vhai\u2028ba\u2029bốn\r\nnăm\rsáu", "một\nhai\nba\nbốn\nnăm\nsáu"),
        ("a\ud800b\udfff\ufffe\uffff", "ab"),
        ("cột\tcột", "cột\tcột"),
        ("\U0001f600 \U0010ffff", "\U0001f600 \U0010ffff"),
    ],
)
def test_what_no_paper_can_hold_is_left_out(typed, stored):
    assert clean(typed) == stored


@given(st.text())
def test_what_is_cleaned_is_text_of_any_encoding_and_any_xml(typed):
    cleaned = clean(typed)

    assert cleaned.encode("utf-8").decode() == cleaned
    assert clean(cleaned) == cleaned
    ElementTree.fromstring(f"<a>{escape(cleaned)}</a>")


@given(st.text(alphabet=VIETNAMESE + " \u0300\u0301\u0303\u0309\u0323-/0123456789NQTU\n"))
def test_repairing_twice_changes_nothing_more(text):
    once = repair(text)

    assert repair(nfc(once)) == nfc(once)
    assert unicodedata.is_normalized("NFC", once)


# --- search: domain 7.4 ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("Ủy ban", "Uỷ ban"),
        ("kỹ thuật", "kĩ thuật"),
        ("quý", "quí"),
        ("nghệ sỹ", "nghệ sĩ"),
        ("LĐTBXH", "ldtbxh"),
        ("Đường", "duong"),
        ("12-NQ/TU", "12 nq tu"),
        ("2940/KH-UBND", "2940 kh ubnd"),
        ("đ\u01b0\u01a1c\u0323", "được"),
        ("  Sở   Y tế. ", "so y te"),
    ],
)
def test_these_are_found_by_each_other(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("thúy", "thúi"), ("tay", "tai"), ("ma", "mo")])
def test_these_stay_apart(one, other):
    assert fold(one) != fold(other)


def test_a_number_alone_finds_its_document():
    assert "2940" in fold("Kế hoạch số 2940/KH-UBND").split()


def test_a_folded_beginning_is_the_beginning_of_the_folded_word():
    assert fold("quyết").startswith(fold("quy"))


def test_the_folded_column_holds_every_part():
    assert search_text("Sở Y tế", None, "", "so-y-te", "…") == "so y te so y te"


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


# --- order: domain 7.3 -------------------------------------------------------------------


def test_letters_stand_in_dictionary_order():
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy"

    assert "".join(sorted(sorted(letters), key=vi_key)) == letters


def test_tones_stand_in_dictionary_order_and_after_the_letters():
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=vi_key) == [
        "ma",
        "mà",
        "mả",
        "mã",
        "má",
        "mạ",
    ]
    assert sorted(["mạ b", "ma c", "má a"], key=vi_key) == ["má a", "mạ b", "ma c"]


def test_a_shorter_word_comes_first():
    words = ["Hàm Tân", "Hàm Thuận Bắc", "Ham", "Hàm Thuận", "2", "10"]

    assert sorted(words, key=vi_key) == ["10", "2", "Ham", "Hàm Tân", "Hàm Thuận", "Hàm Thuận Bắc"]


def test_both_tone_placements_sort_alike():
    assert vi_key("hoà") == vi_key("hòa")


def test_the_key_is_plain_so_that_every_database_sorts_it_alike():
    assert set(vi_key("Đức Linh – №1 Ω 日本")) <= set("0123456789abcdef")


def test_people_are_sorted_by_given_name_then_family_name_then_middle_names():
    people = [
        "Lê Ánh",
        "Trần Văn An",
        "Nguyễn Thị Ân",
        "Nguyễn Văn An",
        "Nguyễn Thị An",
        "Đỗ Anh",
        "Dương Anh",
        "Bình",
        "",
    ]

    assert sorted(sorted(people), key=vi_name_key) == [
        "",
        "Nguyễn Thị An",
        "Nguyễn Văn An",
        "Trần Văn An",
        "Dương Anh",
        "Đỗ Anh",
        "Lê Ánh",
        "Nguyễn Thị Ân",
        "Bình",
    ]


# --- numbers: domain 7.2 -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value", "is_ambiguous"),
    [
        ("4.600", "4600", True),
        ("1.234.567,89", "1234567.89", False),
        ("99,5", "99.5", False),
        ("98,62%", "98.62", False),
        ("98,62 %", "98.62", False),
        ("2,0", "2.0", False),
        ("2.6", "2.6", True),
        ("4,600", "4.6", True),
        ("1,234.56", "1234.56", True),
        ("80 000", "80000", False),
        ("80000", "80000", False),
        ("0.500", "0.5", True),
        ("-2,5", "-2.5", False),
        ("\u22122,5", "-2.5", False),
        ("+3", "3", False),
        (" 12 ", "12", False),
    ],
)
def test_numbers_are_read_the_vietnamese_way(typed, value, is_ambiguous):
    read = parse_number(typed)

    assert read is not None
    assert (read.value, read.is_ambiguous) == (Decimal(value), is_ambiguous)


@pytest.mark.parametrize(
    "typed", ["", "abc", "30m2", "1.23.456", "1,2,3", "--5", "1e3", "٣", "4.600 - 4.800", "NaN"]
)
def test_what_is_no_number_is_not_guessed(typed):
    assert parse_number(typed) is None


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1234567, None, "1.234.567"),
        (Decimal("1234567.89"), None, "1.234.567,89"),
        (99.5, None, "99,5"),
        (2.0, None, "2"),
        (2.0, 1, "2,0"),
        (Decimal("98.625"), 2, "98,63"),
        (Decimal("-4600.10"), None, "-4.600,1"),
        (Decimal("1E+3"), None, "1.000"),
        (0, None, "0"),
    ],
)
def test_numbers_are_shown_the_vietnamese_way(value, decimals, shown):
    assert format_number(value, decimals) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**12))
def test_a_shown_number_reads_back(value):
    read = parse_number(format_number(value))

    assert read is not None
    assert read.value == value


# --- dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "5/1/2026",
        "05/01/2026",
        "05-01-2026",
        "05.01.2026",
        " 5/1/2026 ",
        "2026-01-05",
        "ngày 05 tháng 01 năm 2026",
        "Ngày 5  tháng 1 năm 2026",
    ],
)
def test_the_day_comes_first(typed):
    assert parse_date(typed) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "typed",
    ["12/25/2026", "30/2/2026", "29/02/2023", "5/1/26", "5-1/2026", "0/1/2026", "", "hôm nay"],
)
def test_what_is_no_day_is_not_guessed(typed):
    assert parse_date(typed) is None


# --- symbols of documents: domain 0.4-7 --------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "grammar", "number", "year", "kind", "issuer"),
    [
        ("2940/KH-UBND", "state", "2940", None, "KH", "UBND"),
        ("86/2019/NQ-HĐND", "state", "86", 2019, "NQ", "HĐND"),
        ("06/NQ-CP", "state", "06", None, "NQ", "CP"),
        ("1760/QĐ-UBND", "state", "1760", None, "QĐ", "UBND"),
        ("30/2020/NĐ-CP", "state", "30", 2020, "NĐ", "CP"),
        ("148/TTr-SLĐTBXH", "state", "148", None, "TTr", "SLĐTBXH"),
        ("123/SLĐTBXH-VP", "state", "123", None, None, "SLĐTBXH"),
        ("8164/UBND-VX", "state", "8164", None, None, "UBND"),
        ("13/2022/QH15", "state", "13", 2022, None, "QH15"),
        ("12-NQ/TU", "party", "12", None, "NQ", "TU"),
        ("145-KH/TU", "party", "145", None, "KH", "TU"),
        ("20-CT/TW", "party", "20", None, "CT", "TW"),
        ("42-CTr/TU", "party", "42", None, "CTr", "TU"),
        ("12- NQ/TU", "party", "12", None, "NQ", "TU"),
        ("Số: 2940/KH-UBND", "state", "2940", None, "KH", "UBND"),
        ("số 1760/QĐ-\nUBND", "state", "1760", None, "QĐ", "UBND"),
    ],
)
def test_both_grammars_are_read(typed, grammar, number, year, kind, issuer):
    read = parse_document_number(typed)

    assert read is not None
    assert (read.grammar, read.number, read.year, read.kind, read.issuer) == (
        grammar,
        number,
        year,
        kind,
        issuer,
    )
    assert read.typed == typed


@pytest.mark.parametrize("typed", ["", "2940", "KH-UBND", "2940 KH UBND", "12/NQ", "abc/def-ghi"])
def test_what_is_no_symbol_is_not_guessed(typed):
    assert parse_document_number(typed) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Số lớp: 12 lớp", [("Số lớp", "12 lớp", "10 lớp")]),
        ("SO LOP :  12", [("SO LOP", "12", "10 lớp")]),
        ("Số lớp\t12", [("Số lớp", "12", "10 lớp")]),
        ("Tỷ lệ\t1:3", [("Tỷ lệ", "1:3", "")]),
        ("Đã đủ\n\n  \nSố xã: 3", [("Đã đủ", "", ""), ("Số xã", "3", "")]),
        ("", []),
        (None, []),
    ],
)
def test_the_figures_of_a_report_are_read_beside_those_before(text, found):
    assert [(c.name, c.now, c.before) for c in counted(text, "Số lớp: 10 lớp")] == found
