"""What went wrong on the command line, in one Vietnamese sentence: what it is and the remedy."""

import re

import click

from workflow.law.errors import NotFound

# The kind of thing that is missing, and where the right name stands.
MISSING: dict[str, tuple[str, str]] = {
    "agency": ("cơ quan mang mã", "xem các mã bằng plan show SỐ"),
    "audit_entry": ("mục nhật ký số", "xem audit show"),
    "cycle": ("kỳ số", "xem cycle list"),
    "indicator": ("chỉ tiêu", "xem indicator list"),
    "person": ("tài khoản", "xem people list"),
    "plan": ("kế hoạch số", "xem plan list"),
    "review": ("báo cáo số", "xem report list"),
}


def not_found(missing: NotFound) -> str:
    """What there is not, by kind and name, and where to look."""
    what, remedy = MISSING.get(missing.kind, ("mục mà lệnh này nêu", "xem lại mã và số đã gõ"))
    if not missing.named:
        return f"Không có {what} như đã nêu; {remedy}."
    return f"Không có {what} “{missing.named}”; {remedy}."


def wrong_usage(wrong: click.UsageError) -> str:
    """What was typed wrongly, and which help says it right; of a noun alone, its verbs."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        return wrong.format_message()
    command = wrong.ctx.command_path if wrong.ctx else "run.py cli"
    return f"Sai cách dùng: {_cause(wrong)} Xem python3 {command} --help."


def _cause(wrong: click.UsageError) -> str:
    if isinstance(wrong, click.NoSuchOption):
        return f"không có tùy chọn {wrong.option_name}.{_meant(wrong.possibilities)}"
    if isinstance(wrong, click.exceptions.NoSuchCommand):
        return f"không có lệnh “{wrong.command_name}”.{_meant(wrong.possibilities)}"
    if isinstance(wrong, click.MissingParameter):
        return f"thiếu {_named(wrong)}.{_choices(wrong.param)}"
    if isinstance(wrong, click.BadParameter):
        return f"{_named(wrong)}: {_value(wrong)}"
    for english, vietnamese in OTHERS:
        if found := re.search(english, wrong.message):
            return found.expand(vietnamese)
    return wrong.message


# What click says of the line as a whole, in its own English, and what it means.
OTHERS = (
    (r"Got unexpected extra arguments? \((.*)\)", r"thừa “\1”."),
    (r"Option '(.*)' requires an argument", r"\1 thiếu giá trị."),
    (r"Option '(.*)' does not take a value", r"\1 không nhận giá trị."),
    (r"Missing command", "chưa nêu lệnh."),
)
# The same of one value; what a type of ours says is Vietnamese already.
VALUES = (
    (r"'(.*)' is not one of", r"“\1” không có trong các giá trị nhận được."),
    (r"'(.*)' is not a valid", r"“\1” không phải số."),
    (r"(\S+) is not in the range (.*)\.", r"\1 không nằm trong khoảng \2."),
    (r"'(.*)' does not exist", r"không có tệp “\1”."),
    (r"'(.*)' is a directory", r"“\1” là thư mục, cần một tệp."),
    (r"'(.*)' is not readable", r"không đọc được “\1”."),
)


def _value(wrong: click.BadParameter) -> str:
    for english, vietnamese in VALUES:
        if found := re.search(english, wrong.message):
            return found.expand(vietnamese) + _choices(wrong.param)
    return wrong.message


def _named(wrong: click.BadParameter) -> str:
    hint = wrong.param.get_error_hint(wrong.ctx) if wrong.param and wrong.ctx else ""
    return hint.replace("'", "") or "tham số"


def _choices(param: click.Parameter | None) -> str:
    if param is None or not isinstance(param.type, click.Choice):
        return ""
    return f" Nhận: {', '.join(map(str, param.type.choices))}."


def _meant(possibilities: list[str] | None) -> str:
    return f" Có phải: {', '.join(possibilities)}?" if possibilities else ""
