"""YAML read with the line of every value, and with nothing in it that could surprise.

Anchors, aliases and tags are refused, so that no file unfolds into more than is written in it;
every scalar keeps the type a safe loader gives it, except dates, which stay as written.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

Path = tuple[str | int, ...]

MAX_BYTES = 4_000_000
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a plan file: where, and what to do about it.

    `line` is 0 where the trouble is with the file as a whole.
    """

    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(
            part for part in (f"dòng {self.line}" if self.line else "", self.where) if part
        )
        return f"{place}: {self.message}" if place else self.message


def path_text(path: Path) -> str:
    """("tasks", 3, "timing", "due") → "tasks[3].timing.due"."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(slots=True)
class Tree:
    """The data of a file, with the place of each value and what was wrong while reading it."""

    data: object = None
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[Path] = field(default_factory=set)
    is_complete: bool = False

    def add(self, path: Path, message: str) -> None:
        """Report a problem at the value, or at the nearest thing above it that is written."""
        if path in self.unreadable:
            return
        line, column = self.mark(path)
        self.problems.append(Problem(line, column, path_text(path), message))

    def mark(self, path: Path) -> tuple[int, int]:
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def line(self, path: Path) -> int:
        return self.mark(path)[0]

    def each(self, pattern: str) -> Iterator[tuple[Path, object]]:
        """All values at "tasks[].lead[]"; "*" stands for any key. What is not there is left out."""
        return _walk(self.data, (), _steps(pattern))

    def texts(self, pattern: str) -> Iterator[tuple[Path, str]]:
        for path, value in self.each(pattern):
            if isinstance(value, str):
                yield path, value

    def entries(self, pattern: str) -> Iterator[tuple[Path, dict[str, object]]]:
        for path, value in self.each(pattern):
            if isinstance(value, dict):
                yield path, value


def below(path: Path, value: object, pattern: str) -> Iterator[tuple[Path, object]]:
    """The same as Tree.each, from a value that was found already."""
    return _walk(value, path, _steps(pattern))


@lru_cache(maxsize=500)
def _steps(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.replace("[]", ".[]").split("."))


def _walk(value: object, path: Path, steps: tuple[str, ...]) -> Iterator[tuple[Path, object]]:
    if not steps:
        yield path, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from _walk(item, (*path, number), rest)
    elif isinstance(value, dict):
        for key in value if step == "*" else (step,):
            if key in value:
                yield from _walk(value[key], (*path, key), rest)


def read_tree(text: str) -> Tree:
    """Build data and places in one pass over the events of the file."""
    tree = Tree()
    builder = _Builder(tree, text)
    try:
        builder.document()
        tree.is_complete = True
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        tree.problems.append(Problem(line, column, "", _syntax_message(error)))
    except _TooDeep as deep:
        tree.problems.append(
            Problem(deep.line, deep.column, "", f"Dữ liệu lồng nhau quá {MAX_DEPTH} tầng.")
        )
    return tree


class _TooDeep(Exception):
    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line, self.column = line, column


class _Builder:
    def __init__(self, tree: Tree, text: str) -> None:
        self.tree = tree
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))

    def document(self) -> None:
        next(self.events)  # the stream starts
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            self.tree.problems.append(Problem(1, 1, "", "Tệp trống, chưa có kế hoạch nào."))
            return
        self.tree.data = self.value(next(self.events), ())
        next(self.events)  # the document ends
        event = next(self.events)
        if isinstance(event, yaml.DocumentStartEvent):
            self._add(event, (), "Tệp có hai tài liệu YAML (dòng ---); mỗi tệp chỉ một kế hoạch.")

    def value(self, event: yaml.Event, path: Path) -> object:
        if len(path) > MAX_DEPTH:
            raise _TooDeep(*_place(event))
        self.tree.marks.setdefault(path, _place(event))
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, "Không dùng bí danh YAML (*); hãy viết lại giá trị.")
            return None
        if getattr(event, "anchor", None):
            self._add(event, path, "Không dùng neo YAML (&); bỏ dấu & và tên sau nó.")
        tag = getattr(event, "tag", None)
        if tag:
            self._add(event, path, f"Không dùng thẻ kiểu YAML ({tag}); bỏ dấu ! và tên sau nó.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - the grammar has no other
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key is None:
                self.value(next(self.events), (*path, "?"))
                continue
            where = (*path, key)
            if key in found:
                first = self.tree.line(where)
                self._add(
                    event, where, f"Mục “{key}” đã có ở dòng {first}; chỉ giữ lại một trong hai."
                )
                self.value(next(self.events), (*path, f"{key} (lặp)"))
                continue
            self.tree.marks[where] = _place(event)
            found[key] = self.value(next(self.events), where)
        return found

    def _key(self, event: yaml.Event, path: Path) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self._add(event, path, "Tên mục phải là một từ, không phải danh sách hay bảng.")
            self.value(event, (*path, "?"))
            return None
        if event.implicit[0] and _tag(event.value) in _CONVERTED:
            self._add(
                event,
                (*path, event.value),
                f"Tên mục “{event.value}” phải đặt trong dấu nháy: '{event.value}'.",
            )
        return event.value

    def _sequence(self, path: Path) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, (*path, len(found))))
        return found

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        if not event.implicit[0]:
            return event.value
        try:
            return _converted(event.value)
        except ValueError:
            self._refuse(event, path, f"Không đọc được số “{event.value[:40]}”.")
            return None

    def _refuse(self, event: yaml.Event, path: Path, message: str) -> None:
        self._add(event, path, message)
        self.tree.unreadable.add(path)

    def _add(self, event: yaml.Event, path: Path, message: str) -> None:
        self.tree.problems.append(Problem(*_place(event), path_text(path), message))


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


# --- scalars -----------------------------------------------------------------------------

_RESOLVER: Any = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_PREFIX = "tag:yaml.org,2002:"
_CONVERTED = frozenset(_PREFIX + name for name in ("null", "bool", "int", "float"))


@lru_cache(maxsize=20_000)
def _tag(value: str) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False)))


@lru_cache(maxsize=20_000, typed=True)
def _converted(value: str) -> object:
    tag = _tag(value)
    node = yaml.ScalarNode(tag, value)
    if tag == _PREFIX + "null":
        return None
    if tag == _PREFIX + "bool":
        return bool(_CONSTRUCTOR.construct_yaml_bool(node))
    if tag == _PREFIX + "int":
        return int(_CONSTRUCTOR.construct_yaml_int(node))
    if tag == _PREFIX + "float":
        number = float(_CONSTRUCTOR.construct_yaml_float(node))
        if not math.isfinite(number):
            raise ValueError(value)
        return number
    return value


# --- what libyaml says, in Vietnamese ----------------------------------------------------

_SYNTAX = (
    ("found unexpected end of stream", "dấu nháy mở ra mà không đóng lại"),
    ("mapping values are not allowed", "dấu hai chấm đứng sai chỗ; nếu nó thuộc lời văn thì đặt"
     " cả đoạn trong dấu nháy"),
    ("could not find expected ':'", "thiếu dấu hai chấm và dấu cách sau tên mục, hoặc đoạn chữ"
     " nhiều dòng chưa đặt trong dấu nháy"),
    ("did not find expected key", "thụt đầu dòng sai, hoặc dấu nháy trong lời văn chưa được bao"
     " lại"),
    ("did not find expected '-' indicator", "danh sách bị ngắt: thiếu dấu “- ” hoặc thụt đầu dòng"
     " sai"),
    ("block sequence entries are not allowed", "dấu “- ” đứng sai chỗ; danh sách phải bắt đầu ở"
     " dòng mới"),
    ("found character that cannot start any token", "có ký tự không được đứng đầu giá trị (%, @,"
     " ` hoặc tab); đặt giá trị trong dấu nháy"),
    ("did not find expected ',' or ']'", "danh sách trong ngoặc vuông chưa đóng"),
    ("did not find expected ',' or '}'", "bảng trong ngoặc nhọn chưa đóng"),
    ("did not find expected node content", "thiếu giá trị"),
    ("did not find expected <document start>", "phần này không thuộc mục nào; thụt đầu dòng sai"),
    ("found unknown escape character", "dấu \\ trong chuỗi nháy kép phải viết thành \\\\"),
)  # fmt: skip


def _syntax_message(error: yaml.YAMLError) -> str:
    said = str(getattr(error, "problem", None) or error).strip()
    meaning = next((vi for en, vi in _SYNTAX if en in said), None)
    what = meaning or re.sub(r"\s+", " ", said)[:200]
    return f"Sai cú pháp YAML: {what}. Phần sau dòng này chưa kiểm tra được."
