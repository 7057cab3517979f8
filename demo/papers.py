"""Small real PDF files for the demo's reports, with their letters inside."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import cast

import typst

FONTS = Path(__file__).parents[1] / "reports" / "fonts"
PAGE = """
#set page(paper: "a4", margin: (left: 30mm, right: 15mm, y: 20mm))
#set text(font: "Liberation Serif", size: 14pt, lang: "vi")
#set par(justify: true)
#align(center)[*BÁO CÁO* \\ *Kết quả thực hiện nhiệm vụ* #v(8mm)]
#sys.inputs.title. #parbreak()
(Tệp mẫu của bản demo.)
"""


@cache
def _press() -> typst.Compiler:
    """Our own fonts, read once."""
    return typst.Compiler(font_paths=[FONTS], ignore_system_fonts=True)


@contextmanager
def paper(title: str) -> Iterator[BytesIO]:
    """A one-page PDF that names the task; the same bytes for the same title."""
    drawn = _press().compile(input=PAGE.encode(), sys_inputs={"title": title}, timestamp=0)
    yield BytesIO(cast(bytes, drawn))
