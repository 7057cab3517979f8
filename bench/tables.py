"""A result as JSON in bench/results/ and as a table on the screen."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def keep(name: str, figures: dict[str, Any]) -> Path:
    """The figures with when and where they were taken."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    record = {
        "name": name,
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        **figures,
    }
    file = RESULTS / f"{name}-{at:%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table with aligned columns."""
    cells = [[_text(c) for c in row] for row in rows]
    widths = [max([len(h), *(len(r[i]) for r in cells)]) for i, h in enumerate(head)]
    print(f"\n{title}")
    for line in ([*head], ["-" * w for w in widths], *cells):
        print("  " + "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip())


def _text(cell: Any) -> str:
    return f"{cell:,.2f}" if isinstance(cell, float) else str(cell)
