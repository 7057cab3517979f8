"""The words of the screens: `python -m tools.messages missing` prints what has no English yet,
`unused` what nobody says any more.

Vietnamese is the language of the code. Beside _("…") the tables of sentences and labels count:
every text in a dictionary or tuple of texts, as in `LABELS: dict[StrEnum, str] = {…}`.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en",)
# What people read; the rest of the folder is not searched at all.
FOLDERS = frozenset(
    {"models", "workflow", "ledger", "reports", "notifications", "web", "templates"}
)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
    # One Vietnamese word, several English ones: the first argument tells which.
    "pgettext": ((1, "c"), 2),
    "speak": None,
}
TABLE = re.compile(r"str\]|tuple\[str, \.\.\.\]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def po_file(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def house(source: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Babel's extraction of Python, and the tables."""
    content = source.read()
    yield from extract_python(BytesIO(content), keywords, comment_tags, options)
    tree = ast.parse(content)
    named = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and TABLE.search(ast.unparse(node.annotation)):
            parts = node.value.args if isinstance(node.value, ast.Call) else [node.value]
            values = [v for part in parts for v in _values(part)]
            texts = [named.get(v.id, v) if isinstance(v, ast.Name) else v for v in values]
            said = [t.value for t in texts if isinstance(t, ast.Constant)]
            # One letter that only Vietnamese has makes it a table of texts; the others hold codes.
            if not all(str(text).isascii() for text in said):
                yield from ((node.lineno, "_", text, []) for text in said)


def _values(table: ast.expr | None) -> list[ast.expr]:
    if isinstance(table, ast.Dict):
        return table.values
    return table.elts if isinstance(table, ast.Tuple) else []


def seeds(source: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """The texts of a table of data that comes with the product."""
    rows = csv.DictReader(source.read().decode("utf-8").splitlines(), delimiter="\t")
    for number, row in enumerate(rows, 2):
        yield from ((number, "_", row[c], []) for c in ("text", "text_to_asked") if c in row)


@cache
def extracted() -> dict[str, str]:
    """Every text of the code, and a file that says it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)

    def ours(folder: str) -> bool:
        return Path(folder).relative_to(ROOT).parts[:1][0] in FOLDERS

    texts: dict[str, str] = {}
    for name, _line, text, _comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, directory_filter=ours
    ):
        if not name.endswith(".py") or "/" in name:
            texts.setdefault(_key(text, context), name)
    return texts


def _key(text: Any, context: str | None) -> str:
    """A text by itself; before one of several meanings stands which: văn bản|ngày."""
    said = str(text) if isinstance(text, str) else str(text[0])
    return f"{context}|{said}" if context else said


def translated(language: str) -> Catalog:
    with po_file(language).open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def words(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """What stands for each text; several forms where it counts something."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if message.id:
            said = [message.string] if isinstance(message.string, str) else message.string
            found[_key(message.id, message.context)] = tuple(word or "" for word in said or ())
    return found


def missing(language: str) -> dict[str, str]:
    """Texts of the code without words in this language, and a file that says each."""
    known = words(translated(language))
    return {t: file for t, file in extracted().items() if t and not all(known.get(t, ("",)))}


def unused(language: str) -> list[str]:
    """Texts that were translated and are said no more."""
    return sorted(set(words(translated(language))) - set(extracted()))


def broken(language: str) -> list[str]:
    """Texts whose translation names other particulars than the text itself."""
    found = []
    for text, said in words(translated(language)).items():
        for form in said:
            if _particulars(form) != _particulars(text):
                found.append(text)
    return found


def _particulars(text: str) -> set[str]:
    """%(Field)s is %(field)s at the beginning of a sentence."""
    return {name.lower() for name in PLACEHOLDER.findall(text)}


def main(arguments: list[str]) -> int:
    for language in LANGUAGES:
        if arguments == ["missing"]:
            for text, file in missing(language).items():
                print(f"{language}: {text!r}  {file}")
        elif arguments == ["unused"]:
            for text in unused(language):
                print(f"{language}: {text!r}")
        else:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
