"""Lines typed wrongly: one Vietnamese sentence that names what is wrong and what helps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli import command_line
from tests.make import LEAD, World
from tests.worlds import world, world_template

__all__ = ["world", "world_template"]

Line = Callable[..., tuple[int, str, str]]
HUGE = "99999999999999999999999"


@pytest.fixture
def line(world: World, capsys: pytest.CaptureFixture[str]) -> Line:
    """Exit code, answer and words of one line."""

    def typed(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            command_line(world.app, list(arguments))
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err

    return typed


@pytest.mark.parametrize(
    "arguments",
    [
        ("cycle", "show", HUGE),
        ("cycle", "show", "-1"),
        ("cycle", "list", "--year", HUGE),
        ("cycle", "list", "--year", "1899"),
        ("cycle", "list", "--on", "9999-12-31"),
        ("cycle", "list", "--on", "1999-12-31"),
        ("cycle", "list", "--on", "02/30/2026"),
        ("report", "draft", "year", "--year", HUGE, "--out", "x"),
        ("report", "issue", HUGE, "--document", "1/BC", "--signer", "An", "--as", "x",
         "--issued-on", "01/02/2026"),
        ("indicator", "list", "--year", HUGE),
        ("indicator", "set", "1", HUGE, "5", "--source", "x", "--as", "x"),
        ("year", "open", HUGE),
        ("year", "close", HUGE),
        ("ledger", "receipt", HUGE),
        ("jobs", "tick", "--on", "0001-01-01"),
        ("plan", "show", "2026/KH-THU", "--on", "9999-12-31"),
        ("people", "add", "x", "--name", "X", "--post", "X", "--agency", LEAD, "--role", "head",
         "--on", "9999-12-31"),
    ],
)  # fmt: skip
def test_a_number_or_a_day_out_of_all_bounds_is_wrong_usage(
    line: Line, arguments: tuple[str, ...]
) -> None:
    code, answer, said = line(*arguments)

    assert (code, answer) == (2, "")
    assert said.startswith("Sai cách dùng: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("day", ["14/12/2026", "14-12-2026", "14.12.2026", "2026-12-14"])
def test_a_day_is_read_as_people_write_it(line: Line, day: str) -> None:
    code, answer, _ = line("cycle", "list", "--on", day, "--json")

    assert code == 0
    assert answer == line("cycle", "list", "--on", "2026-12-14", "--json")[1]


def test_the_month_never_comes_first(line: Line) -> None:
    code, _, said = line("cycle", "list", "--on", "12/14/2026")

    assert code == 2
    assert "viết 2026-12-14 hoặc 14/12/2026" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fly",), "không có lệnh “fly”"),
        (("cycle", "lits"), "không có lệnh “lits”. Có phải: list?"),
        (("cycle", "show"), "thiếu CYCLE_ID"),
        (("cycle", "show", "x"), "“x” không phải số"),
        (("cycle", "show", "1", "2"), "thừa “2”"),
        (
            ("cycle", "list", "--yaer", "2026"),
            "không có tùy chọn --yaer. Có phải: --year, --state?",
        ),
        (("cycle", "list", "--year"), "--year thiếu giá trị"),
        (("cycle", "list", "--json=1"), "--json không nhận giá trị"),
        (("cycle", "list", "--state", "done"), "Nhận: assigned, in_progress"),
        (("report", "draft", "year", "--out", "x"), "thiếu --year"),
        (("audit", "show", "--limit", "0"), "0 không nằm trong khoảng"),
        (("audit", "show", "--limit", "x"), "“x” không phải số"),
        (("backup", "restore", "/nowhere"), "không có tệp “/nowhere”"),
        (("backup", "create", "/tmp"), "là thư mục, cần một tệp"),
        (("year", "close", "2026"), "Cần --as, --document"),
    ],
)
def test_wrong_usage_is_said_in_vietnamese_with_the_remedy(
    line: Line, arguments: tuple[str, ...], words: str
) -> None:
    code, answer, said = line(*arguments)

    assert (code, answer) == (2, "")
    assert said.startswith("Sai cách dùng: ")
    assert words in said
    assert " --help." in said


def test_a_noun_alone_shows_its_verbs(line: Line) -> None:
    _, answer, said = line("cycle")

    assert "list" in answer + said
    assert line("cycle", "--help")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cycle", "show", "999999"), "Không có kỳ số “999999”; xem cycle list."),
        (("cycle", "list", "--agency", "so-khong-co"), "Không có cơ quan mang mã “so-khong-co”"),
        (("cycle", "list", "--plan", "1/KH-X"), "Không có kế hoạch số “1/KH-X”; xem plan list."),
        (("cycle", "list", "--year", "1990"), "2024"),
        (("report", "draft", "year", "--year", "1990", "--out", "x"), "2031"),
        (
            ("report", "draft", "agency-sheet", "--year", "2026", "--agency", "so-x", "--out", "x"),
            "Không có cơ quan mang mã “so-x”",
        ),
        (("year", "close", "2040", "--dry-run"), "2031"),
        (("year", "open", "2040", "--dry-run"), "2031"),
        (("year", "open", "2026", "--plan", "1/KH-X"), "Không có kế hoạch số “1/KH-X”"),
        (("plan", "show", "1/KH-X"), "Không có kế hoạch số “1/KH-X”"),
        (("indicator", "list", "--year", "2199"), "2031"),
        (
            ("people", "add", "an", "--name", "An", "--post", "An", "--agency", "so-khong-co",
             "--role", "head"),
            "Không có cơ quan mang mã “so-khong-co”; xem các mã bằng plan show SỐ.",
        ),
        (("people", "lock", "khong-ai", "--reason", "x"), "Không có tài khoản “khong-ai”"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_refused_by_its_kind(
    line: Line, arguments: tuple[str, ...], words: str
) -> None:
    code, answer, said = line(*arguments)

    assert (code, answer) == (1, "")
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "create"),
        ("report", "draft", "year", "--year", "2026", "--out"),
        ("ledger", "export", "--decision", "1/QĐ", "--scope", "Tất cả", "--out"),
    ],
)
@pytest.mark.parametrize("place", ["/proc/x", "a file", "nowhere/at/all"])
def test_a_place_that_cannot_be_written_is_one_sentence(
    line: Line, tmp_path: Path, arguments: tuple[str, ...], place: str
) -> None:
    (tmp_path / "a file").write_text("kept", encoding="utf-8")
    where = place if place.startswith("/") else str(tmp_path / place)
    if arguments[0] != "report" and place == "a file":
        where += "/x"
    if arguments[0] == "report" and place == "nowhere/at/all":
        where = str(tmp_path / "a file" / "x")

    code, answer, said = line(*arguments, where)

    assert (code, answer) == (1, "")
    assert "Không ghi được vào" in said
    assert (tmp_path / "a file").read_text(encoding="utf-8") == "kept"
