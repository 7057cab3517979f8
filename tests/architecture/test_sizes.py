"""Files one can read in a sitting; what is longer says why."""

import re
from pathlib import Path

from tests.architecture.house import ROOT, files, name

LONGEST, LONGEST_TEST = 600, 800
# One file on purpose, or a list that reads like one.
LONGER = {
    "ledger/verify.py": "one file with nothing of ours, for the inspector to read and run alone",
    "workflow/planrules.py": "the rules of a plan file, one after the other",
    "reports/papers/reviews.py": "the sections of one paper, in its order",
    "migrations/versions/0001_first_tables.py": "written by the tool from the models",
}


def lengths(*folders: str) -> dict[str, int]:
    return {name(f): f.read_text(encoding="utf-8").count("\n") for f in files(*folders)}


def too_long(found: dict[str, int], limit: int) -> list[str]:
    return [f"{file}: {n} lines" for file, n in found.items() if n > limit and file not in LONGER]


def test_no_file_is_longer_than_a_sitting() -> None:
    house = lengths() | lengths("bench", "migrations", "tools")

    assert too_long(house, LONGEST) == []


def test_no_test_file_either() -> None:
    assert too_long(lengths("tests"), LONGEST_TEST) == []


def test_nobody_is_excused_without_need() -> None:
    house = lengths() | lengths("migrations")

    assert {file for file in LONGER if house.get(file, 0) <= LONGEST} == set()


def test_the_watch_over_lengths_notices() -> None:
    assert too_long({"a.py": 601, "b.py": 600}, 600) == ["a.py: 601 lines"]


def docstring_faults(file: Path) -> list[str]:
    """A module begins with one sentence that says what it is for."""
    text = file.read_text(encoding="utf-8")
    found = re.match(r'(?:#!.*\n)?(?:# .*\n)*\s*"""(.+?)"""', text, re.S)
    if found is None:
        return ["no docstring"] if text.strip() else []
    first = found[1].strip().split("\n\n")[0]
    return [] if first.rstrip().endswith((".", ":", "…", "?")) else [f"no sentence: {first!r}"]


def test_every_module_says_what_it_is_for() -> None:
    faults = {
        name(f): wrong
        for f in [*files(), *files("bench"), ROOT / "config.py", ROOT / "wsgi.py"]
        if (wrong := docstring_faults(f))
    }

    assert faults == {}
