"""The locks name no host, carry a hash for everything, and dev holds run unchanged."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
LOCKS = ["run", "workers", "dev", "tools"]


def faults(text: str) -> list[str]:
    """What may not stand in a lock file."""
    found = [f"names a host: {line}" for line in text.splitlines() if "://" in line]
    for entry in re.split(r"\n(?=\S)", text.strip()):
        name = entry.split("==")[0]
        if not re.match(r"[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?==[^\s;]+", entry):
            found.append(f"is not pinned: {name}")
        if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry):
            found.append(f"has no hash: {name}")
    return found


def pins(which: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{which}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("which", LOCKS)
def test_a_lock_has_hashes_and_no_host(which: str) -> None:
    assert faults((REQUIREMENTS / f"{which}.lock").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("which", LOCKS)
def test_what_is_asked_for_is_locked(which: str) -> None:
    asked = re.findall(
        r"^([a-z0-9.-]+)", (REQUIREMENTS / f"{which}.in").read_text(encoding="utf-8"), re.MULTILINE
    )
    asked = [name for name in asked if not name.startswith("-")]

    assert set(asked) <= set(pins(which))


@pytest.mark.parametrize(("less", "more"), [("run", "workers"), ("workers", "dev")])
def test_a_bigger_environment_also_does_the_work_of_a_smaller(less: str, more: str) -> None:
    held, holding = pins(less), pins(more)

    assert {name: holding.get(name) for name in held} == held


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("--index-url https://host/simple\nflask==3 \\\n    --hash=sha256:" + "0" * 64, "host"),
        ("flask==3.1", "no hash"),
        ("flask>=3 \\\n    --hash=sha256:" + "0" * 64, "not pinned"),
    ],
)
def test_the_watch_over_locks_notices(text: str, fault: str) -> None:
    assert any(fault in found for found in faults(text))
