"""The plan file: every problem in it at once, and its content when there is none."""

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workflow import planrules
from workflow.planyaml import MAX_BYTES, Problem, Tree, read_tree

__all__ = ["PlanFile", "PlanFileInvalid", "Problem", "check_plan_file", "read_plan_file"]

SCHEMA = Path(__file__).resolve().parent.parent / "plans" / "plan.schema.json"

Entry = dict[str, Any]


class PlanFileInvalid(Exception):
    """Nothing can be loaded; `problems` holds all there is to put right, by line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan that passed every check. The entries are the YAML's own: texts to the byte."""

    name: str
    sha256: str
    data: Entry
    tree: Tree = field(repr=False, compare=False)

    def line(self, *path: str | int) -> int:
        """The line of a value: line("agencies", 3, "name")."""
        return self.tree.line(path)

    @property
    def code(self) -> str:
        """The number and symbol of the plan: 2940/KH-UBND."""
        return str(self.data["plan"]["number"]["value"])

    @property
    def title(self) -> str:
        return str(self.data["plan"]["title"]["value"])

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.data["plan"]["issued"]["date"])

    @property
    def start_year(self) -> int:
        return int(self.data["plan"]["scope_years"]["start"])

    @property
    def end_year(self) -> int:
        return int(self.data["plan"]["scope_years"]["end"])

    @property
    def issuing_agency(self) -> str:
        return str(self.data["plan"]["issuing_body"]["code"])

    @property
    def standing_agency(self) -> str:
        return str(self.data["plan"]["standing_agency"]["code"])

    @property
    def office(self) -> str | None:
        """The agency that is VP UBND itself; None where the file does not say."""
        found = self.data["plan"].get("office")
        return str(found["code"]) if found else None

    @property
    def report_last_day(self) -> tuple[int, int]:
        """Month and day of the last good day of the yearly report: (12, 14)."""
        month, day = self.data["plan"]["reporting"]["deadline"]["last_day"].split("-")
        return int(month), int(day)

    @property
    def report_verbatim(self) -> str:
        return str(self.data["plan"]["reporting"]["deadline"].get("verbatim", ""))

    @property
    def agencies(self) -> list[Entry]:
        return list(self.data["agencies"])

    @property
    def groups(self) -> list[Entry]:
        return list(self.data.get("agency_groups", []))

    @property
    def sections(self) -> list[Entry]:
        return list(self.data["sections"])

    @property
    def clauses(self) -> list[Entry]:
        return list(self.data["clauses"])

    @property
    def tasks(self) -> list[Entry]:
        return list(self.data["tasks"])

    @property
    def indicators(self) -> list[Entry]:
        return list(self.data.get("indicators", []))

    @property
    def documents(self) -> list[Entry]:
        return list(self.data.get("documents", []))

    @property
    def conflicts(self) -> list[Entry]:
        return list(self.data.get("conflicts", []))


def check_plan_file(path: Path | str) -> list[Problem]:
    """Everything that is wrong with the file, by line; an empty list when it can be loaded."""
    return _examine(Path(path))[0]


def read_plan_file(path: Path | str) -> PlanFile:
    """The content of the file, or PlanFileInvalid with all problems."""
    problems, plan = _examine(Path(path))
    if plan is None:
        raise PlanFileInvalid(problems)
    return plan


def _examine(path: Path) -> tuple[list[Problem], PlanFile | None]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return [_of_file(f"Không có tệp {path}.")], None
    except OSError as error:
        return [_of_file(f"Không đọc được tệp {path}: {error.strerror or error}.")], None
    if len(content) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1_000_000} MB"
        return [_of_file(f"Tệp lớn hơn {limit}; một kế hoạch không thể dài như vậy.")], None
    problems, tree = _check(content)
    if problems or not isinstance(tree.data, dict):
        return problems, None
    return [], PlanFile(path.name, hashlib.sha256(content).hexdigest(), tree.data, tree)


def _of_file(message: str) -> Problem:
    return Problem(0, 0, "", message)


def _check(content: bytes) -> tuple[list[Problem], Tree]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "Tệp không phải UTF-8 ở dòng này; hãy lưu lại tệp với bảng mã UTF-8."
        return [Problem(line, 1, "", message)], Tree()
    problems = list(_characters(text))
    if any(problem.message == _CONTROL for problem in problems):
        return sorted(problems), Tree()
    tree = read_tree(text)
    spoiled = {problem.line for problem in problems}
    problems += [p for p in tree.problems if tree.is_complete or p.line not in spoiled]
    if tree.is_complete:
        tree.problems = []
        _schema_problems(tree)
        planrules.check(tree)
        problems += tree.problems
    return sorted(set(problems)), tree


_CONTROL = "Có ký tự điều khiển không in ra được; hãy xóa nó."
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


def _characters(text: str) -> Iterator[Problem]:
    """What is wrong with the letters themselves, line by line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.isascii() and line.isprintable():
            continue
        if found := _CONTROL_CHARACTER.search(line):
            yield Problem(number, found.start() + 1, "", _CONTROL)
        if "\t" in line:
            message = "Có dấu tab; YAML chỉ nhận dấu cách, hãy thay tab bằng dấu cách."
            yield Problem(number, line.index("\t") + 1, "", message)
        if not unicodedata.is_normalized("NFC", line):
            composed = unicodedata.normalize("NFC", line)
            at = next((i for i, pair in enumerate(zip(line, composed, strict=False), start=1)
                       if pair[0] != pair[1]), 1)  # fmt: skip
            message = (
                "Chữ có dấu viết bằng ký tự rời (chưa chuẩn hóa Unicode NFC) gần "
                f"“{line[max(0, at - 8) : at + 8].strip()}”; hãy gõ lại hoặc chuyển sang NFC."
            )
            yield Problem(number, at, "", message)


# --- the schema --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _schema_problems(tree: Tree) -> None:
    for error in _validator().iter_errors(tree.data):
        path = tuple(error.absolute_path)
        for name, message in _in_vietnamese(error):
            tree.add((*path, name) if name is not None else path, message)


_TYPES = {
    "string": "chữ",
    "integer": "số nguyên",
    "number": "số",
    "boolean": "true hoặc false",
    "object": "một bảng các mục",
    "array": "một danh sách",
    "null": "null",
}


def _in_vietnamese(error: ValidationError) -> Iterator[tuple[str | None, str]]:
    """(name of the entry below the path, or None; message) for one error of the validator."""
    value: Any = error.instance
    rule: Any = error.validator_value
    shown = _shown(value)
    schema = error.schema if isinstance(error.schema, dict) else {}
    described = schema.get("description", "")
    match error.validator:
        case "required":
            # One error for each missing name; the library says the name in its message only.
            missing = next(name for name in rule if f"{name!r} is" in error.message)
            yield None, f"Thiếu mục “{missing}”."
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            patterns = schema.get("patternProperties", {})
            for name in value:
                if name not in known and not any(re.search(p, name) for p in patterns):
                    yield name, f"Định dạng không có mục “{name}”.{_closest(name, known)}"
        case "type":
            wanted = [rule] if isinstance(rule, str) else rule
            names = " hoặc ".join(_TYPES[name] for name in wanted)
            hint = ""
            if "string" in wanted and isinstance(value, bool | int | float):
                hint = " Nếu đây là chữ thì đặt trong dấu nháy."
            yield None, f"Phải là {names}, không phải {shown}.{hint}"
        case "enum":
            allowed = ", ".join(_shown(item) for item in rule)
            yield None, f"Giá trị {shown} không có trong danh sách cho phép: {allowed}."
        case "const":
            yield None, f"Phải là {_shown(rule)}, không phải {shown}."
        case "pattern" if described:
            yield None, f"Giá trị {shown} không đúng dạng: {described}."
        case "minItems":
            yield None, f"Danh sách phải có ít nhất {rule} phần tử."
        case "maxItems":
            yield None, f"Danh sách chỉ được có nhiều nhất {rule} phần tử."
        case "minLength":
            yield None, "Không được để trống." if rule == 1 else f"Phải dài ít nhất {rule} ký tự."
        case "maxLength":
            yield None, f"Dài {len(value)} ký tự, nhiều nhất chỉ được {rule}."
        case "minimum":
            yield None, f"Giá trị {shown} nhỏ hơn mức thấp nhất cho phép ({rule})."
        case "maximum":
            yield None, f"Giá trị {shown} lớn hơn mức cao nhất cho phép ({rule})."
        case "uniqueItems":
            again = next((item for i, item in enumerate(value) if item in value[:i]), None)
            yield None, f"Phần tử {_shown(again)} lặp lại trong danh sách; chỉ giữ một."
        case "minProperties":
            yield None, "Phải có ít nhất một mục."
        case _:
            yield None, f"Giá trị {shown} không hợp lệ ({error.message[:200]})."


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"“{value if len(value) <= 60 else value[:57] + '…'}”"
    if isinstance(value, dict):
        return "một bảng"
    if isinstance(value, list):
        return "một danh sách"
    return json.dumps(value)


def _closest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Có phải “{near[0]}”?" if near else " Hãy bỏ mục này hoặc sửa tên."
