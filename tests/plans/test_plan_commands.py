"""plan check|load|list|show: the answer on standard output, every problem with its line."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "plans" / "2940-kh-ubnd.yaml"
SECOND = Path(__file__).with_name("second-plan.yaml")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["plan", *arguments])


@pytest.fixture
def broken(tmp_path: Path) -> tuple[Path, dict[str, int]]:
    """A plan with three mistakes, and the line of each."""
    text = SECOND.read_text(encoding="utf-8")
    marks = {
        "    date: 2024-02-30": ("    date: 2024-03-15", "Ngày “2024-02-30” không có trong lịch"),
        "  kind: deparment": ("  kind: department", "Có phải “department”?"),
        "- id: II.2-a # lặp": ("- id: II.2-b", "đã dùng ở dòng"),
    }
    told = {}
    for new, (old, message) in marks.items():
        assert f"{old}\n" in text
        text = text.replace(f"{old}\n", f"{new}\n", 1)
        told[message] = text[: text.index(new)].count("\n") + 1
    file = tmp_path / "broken.yaml"
    file.write_text(text, encoding="utf-8")
    return file, told


def test_check_says_yes(app: Flask) -> None:
    done = run(app, "check", str(REAL))

    assert (done.exit_code, done.stdout, done.stderr) == (0, "Tệp hợp lệ.\n", "")


def test_check_prints_every_problem_with_its_line(
    app: Flask, broken: tuple[Path, dict[str, int]]
) -> None:
    file, told = broken

    done = run(app, "check", str(file))
    as_json = run(app, "check", str(file), "--json")

    assert (done.exit_code, as_json.exit_code) == (1, 1)
    for message, line in told.items():
        assert [
            said
            for said in done.stdout.splitlines()
            if said.startswith(f"dòng {line},") and message in said
        ], (message, done.stdout)
    problems = json.loads(as_json.stdout)
    assert [p["line"] for p in problems] == sorted(p["line"] for p in problems)
    assert {"line", "column", "where", "message"} == set(problems[0])


def test_load_refuses_all_at_once_and_loads_nothing(
    app: Flask, broken: tuple[Path, dict[str, int]]
) -> None:
    file, told = broken

    done = run(app, "load", str(file))

    assert (done.exit_code, done.stdout) == (1, "")
    for message, line in told.items():
        assert f"dòng {line}," in done.stderr
        assert message in done.stderr
    assert run(app, "list", "--json").stdout == "[]\n"


def test_a_file_that_is_not_there_is_refused(app: Flask, tmp_path: Path) -> None:
    done = run(app, "load", str(tmp_path / "không-có.yaml"))

    assert (done.exit_code, done.stdout) == (1, "")
    assert "Không có tệp" in done.stderr


def test_an_agency_under_another_name_is_told_with_its_line(app: Flask, tmp_path: Path) -> None:
    run(app, "load", str(SECOND))
    file = tmp_path / "plan.yaml"
    file.write_text(
        SECOND.read_text(encoding="utf-8")
        .replace("157/KH-UBND", "158/KH-UBND")
        .replace("  name: Sở Y tế tỉnh Bình Thuận", "  name: Sở Y tế Lâm Đồng"),
        encoding="utf-8",
    )

    done = run(app, "load", str(file))

    line = file.read_text(encoding="utf-8").split("\n").index("  name: Sở Y tế Lâm Đồng") + 1
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"Dòng {line}: mã cơ quan “so-y-te” đã mang tên" in done.stderr


def test_load_again_gives_the_same_answer(app: Flask) -> None:
    first = run(app, "load", str(SECOND), "--json")
    again = run(app, "load", str(SECOND), "--json")
    in_words = run(app, "load", str(SECOND))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == again.stdout
    assert "không có gì thay đổi" in in_words.stderr


def test_list_names_every_plan(app: Flask) -> None:
    run(app, "load", str(REAL))
    run(app, "load", str(SECOND))

    plans = json.loads(run(app, "list", "--json").stdout)

    assert [(p["code"], p["issued_on"], p["tasks"], p["open_conflicts"]) for p in plans] == [
        ("2940/KH-UBND", "2023-08-08", 79, 55),
        ("157/KH-UBND", "2024-03-15", 6, 1),
    ]
    assert "157/KH-UBND\t15/03/2024\t6 nhiệm vụ" in run(app, "list").stdout


def test_show_gives_the_plan_as_the_file_has_it(plan_app_module: Flask) -> None:
    file = yaml.load(REAL.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

    done = run(plan_app_module, "show", "2940/KH-UBND", "--json")

    assert (done.exit_code, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    assert (plan["code"], plan["issued_on"]) == ("2940/KH-UBND", "2023-08-08")
    assert plan["title"] == file["plan"]["title"]["value"]
    counts = [len(plan[k]) for k in ("tasks", "agencies", "groups", "indicators", "conflicts")]
    assert counts == [79, 51, 12, 12, 55]
    for shown, written in zip(plan["tasks"], file["tasks"], strict=True):
        assert {k: shown[k] for k in written} == written
    for part in ("indicators", "documents", "sections", "clauses"):
        assert plan[part] == file[part]
    for shown, written in zip(plan["conflicts"], file["conflicts"], strict=True):
        assert {k: shown[k] for k in written} == written
        assert (shown["status"], shown["ruling"]) == ("open", None)
    for shown, written in zip(plan["agencies"], file["agencies"], strict=True):
        for name in ("code", "name", "short", "kind", "vertical", "source"):
            assert shown[name] == written[name]
    for shown, written in zip(plan["groups"], file["agency_groups"], strict=True):
        assert [m["code"] for m in shown["members"]] == [m["code"] for m in written["members"]]
        assert shown["includes_groups"] == written["includes_groups"]


def test_show_follows_membership_by_day(plan_app_module: Flask) -> None:
    done = run(plan_app_module, "show", "2940/KH-UBND", "--json", "--on", "2023-08-07")

    assert {len(g["all_members"]) for g in json.loads(done.stdout)["groups"]} == {0}


def test_show_in_words(plan_app_module: Flask) -> None:
    done = run(plan_app_module, "show", "2940/KH-UBND")

    assert done.stdout.startswith("2940/KH-UBND ngày 08/08/2023\n")
    assert done.stdout.count("\n") == 79 + 2


def test_an_unknown_plan_is_refused_with_the_way_on(plan_app_module: Flask) -> None:
    done = run(plan_app_module, "show", "1/KH-X", "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "plan list" in done.stderr
