"""Draws the first page of a PDF somebody sent, in a process of its own with limits.

`python -m reports.first_page FILE` writes a PNG to standard output. A picture of a page can do
nothing to its reader: no script, no link, no form of the PDF reaches a browser of ours.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from reports.limits import limit

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 10
DOTS = 110  # an inch: readable at the width of a column, a tenth of a megabyte
# Portrait or landscape A4, whatever the size of the page: never more dots than that.
DRAWING = """
#let drawn = image("{name}", format: "pdf", page: 1)
#context {{
  let size = measure(drawn)
  let (width, height) = if size.width > size.height {{ (297mm, 210mm) }} else {{ (210mm, 297mm) }}
  page(width: width, height: height, margin: 0pt,
    image("{name}", format: "pdf", page: 1, width: 100%, height: 100%, fit: "contain"))
}}
"""


class NotDrawn(Exception):
    """The file has no page that could be drawn: encrypted, damaged, or too much of it."""


def first_page(path: Path) -> bytes:
    """The PNG of the first page, drawn by the guarded process."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.first_page", str(path)],
            capture_output=True,
            timeout=2 * CPU_SECONDS,
            cwd=Path(__file__).parent.parent,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotDrawn from None
    if done.returncode or not done.stdout.startswith(b"\x89PNG"):
        raise NotDrawn
    return done.stdout


def draw(path: Path) -> bytes:
    """The same, here and without limits. The file's name is a digest, so it is no code."""
    import typst

    if not path.name.isalnum():
        raise NotDrawn
    drawing = DRAWING.format(name=path.name).encode()
    try:
        found: Any = typst.compile(  # type: ignore[call-overload]  # it takes bytes beside a path
            drawing, root=path.parent, format="png", ppi=DOTS
        )
    except (typst.TypstError, RuntimeError):
        raise NotDrawn from None
    if not isinstance(found, bytes):
        raise NotDrawn
    return found


def main(arguments: list[str]) -> int:
    limit(MEMORY, CPU_SECONDS)
    try:
        sys.stdout.buffer.write(draw(Path(arguments[0])))
    except NotDrawn:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
