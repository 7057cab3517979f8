"""The words of the screens: `python -m tools.messages missing` prints what has no English yet,
`unused` what nobody says any more.

Vietnamese is the language of the code. Beside _("…") the tables of sentences and labels count:
every text in a module's dictionary of texts, as in `LABELS: dict[StrEnum, str] = {…}`.
"""

import ast
import re
import sys
from collections.abc import Iterator
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
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def po_file(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def house(source: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Babel's extraction of Python, and the tables."""
    content = source.read()
    yield from extract_python(BytesIO(content), keywords, comment_tags, options)
    named: dict[str, ast.expr] = {}
    for node in ast.parse(content).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = node.value
        if not isinstance(node, ast.AnnAssign) or "str]" not in ast.unparse(node.annotation):
            continue
        for value in node.value.values if isinstance(node.value, ast.Dict) else []:
            text = named.get(value.id, value) if isinstance(value, ast.Name) else value
            # A text for people has a letter that only Vietnamese has.
            if isinstance(text, ast.Constant) and not str(text.value).isascii():
                yield value.lineno, "_", text.value, []


def extracted() -> dict[str, str]:
    """Every text of the code, and a file that says it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)

    def ours(folder: str) -> bool:
        return Path(folder).resolve().relative_to(ROOT).parts[:1][0] in FOLDERS

    texts: dict[str, str] = {}
    for name, _line, text, _comments, _context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, directory_filter=ours
    ):
        if not name.endswith(".py") or "/" in name:
            texts.setdefault(text[0] if isinstance(text, tuple) else text, name)
    return texts


def translated(language: str) -> Catalog:
    with po_file(language).open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def _words(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """What stands for each text; several forms where it counts something."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said = [message.string] if isinstance(message.string, str) else message.string
            found[key] = tuple(word or "" for word in said or ())
    return found


def missing(language: str) -> dict[str, str]:
    """Texts of the code without words in this language, and a file that says each."""
    known = _words(translated(language))
    return {t: file for t, file in extracted().items() if t and not all(known.get(t, ("",)))}


def unused(language: str) -> list[str]:
    """Texts that were translated and are said no more."""
    return sorted(set(_words(translated(language))) - set(extracted()))


def broken(language: str) -> list[str]:
    """Texts whose translation names other particulars than the text itself."""
    found = []
    for text, said in _words(translated(language)).items():
        for form in said:
            if not _particulars(form) <= _particulars(text):
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
