"""What a schema cannot see in a plan file: codes that lead nowhere, days that do not exist.

One small function a rule. Each reads what is readable and skips what the schema has refused
already, so that every rule runs on every file and all problems come out at once.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from workflow.planyaml import Path, Tree, below
from workflow.text import format_number, repair

Rule = Callable[[Tree], None]


def check(tree: Tree) -> None:
    """Run every rule; the problems are added to the tree."""
    for rule in RULES:
        rule(tree)


def _by(tree: Tree, pattern: str, name: str) -> dict[str, dict[str, object]]:
    """The entries by their code; those without a readable one are left out."""
    return {
        code: entry
        for _, entry in tree.entries(pattern)
        if isinstance(code := entry.get(name), str)
    }


# --- codes -------------------------------------------------------------------------------

_CODES = (
    (("agencies[].code",), "cơ quan"),
    (("agency_groups[].code",), "nhóm cơ quan"),
    (("documents[].code",), "văn bản"),
    (("sections[].id",), "phần, mục"),
    (("clauses[].clause",), "khoản giao việc"),
    (("tasks[].id",), "nhiệm vụ"),
    (("tasks[].subtasks[].id", "tasks[].duties[].id"), "việc con"),
    (("indicators[].code", "indicators[].sub_indicators[].code"), "chỉ tiêu"),
    (("conflicts[].id",), "điểm mâu thuẫn"),
)


def codes_are_used_once(tree: Tree) -> None:
    for patterns, noun in _CODES:
        seen: dict[str, Path] = {}
        for pattern in patterns:
            for path, code in tree.texts(pattern):
                if code in seen:
                    line = tree.line(seen[code])
                    tree.add(
                        path,
                        f"Mã {noun} “{code}” đã dùng ở dòng {line}; mỗi mã chỉ dùng một lần.",
                    )
                seen.setdefault(code, path)


def an_agency_is_not_a_group(tree: Tree) -> None:
    agencies = {code: path for path, code in tree.texts("agencies[].code")}
    for path, code in tree.texts("agency_groups[].code"):
        if code in agencies:
            line = tree.line(agencies[code])
            tree.add(path, f"Mã “{code}” vừa là nhóm vừa là cơ quan (dòng {line}); đổi một mã.")


# What a code may point to: where such codes are declared, and what they are called.
_DECLARED = {
    "agency": ("agencies[].code", "cơ quan", "agencies"),
    "group": ("agency_groups[].code", "nhóm cơ quan", "agency_groups"),
    "task": ("tasks[].id", "nhiệm vụ", "tasks"),
    "indicator": ("indicators[].code", "chỉ tiêu", "indicators"),
    "document": ("documents[].code", "văn bản", "documents"),
    "section": ("sections[].id", "mục", "sections"),
    "clause": ("clauses[].clause", "khoản giao việc", "clauses"),
}
_PARTY = ("agency", "group")
_REFERENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("plan.issuing_body.code", ("agency",)),
    ("plan.standing_agency.code", ("agency",)),
    ("plan.standing_agency.task", ("task",)),
    ("plan.office.code", ("agency",)),
    ("plan.reporting.task", ("task",)),
    ("plan.reporting.to", ("agency",)),
    ("plan.reporting.reporters[]", _PARTY),
    ("plan.reporting.reporters_group", ("group",)),
    ("plan.reporting.consolidated_by", ("agency",)),
    ("plan.reporting.consolidated_for", ("agency",)),
    ("plan.implements.document", ("document",)),
    ("plan.review.prepared_by", ("agency",)),
    ("plan.commendation.rules[].task", ("task",)),
    ("plan.commendation.rules[].actor", _PARTY),
    ("plan.requirements[].task", ("task",)),
    ("plan.evaluation.task", ("task",)),
    ("plan.accountability.task", ("task",)),
    ("plan.budget.task", ("task",)),
    ("plan.budget.consolidated_by", ("agency",)),
    ("plan.budget.decided_by", ("agency",)),
    ("plan.recipients.list[].codes[]", _PARTY),
    ("agencies[].roles.lead[]", ("task",)),
    ("agencies[].roles.cooperate[]", ("task",)),
    ("agencies[].roles.tracks[]", ("indicator",)),
    ("agencies[].roles.via_groups[]", ("group",)),
    ("agency_groups[].members[].code", ("agency",)),
    ("agency_groups[].uncertain_members[].code", ("agency",)),
    ("agency_groups[].includes_groups[]", ("group",)),
    ("agency_groups[].roles.lead[]", ("task",)),
    ("agency_groups[].roles.cooperate[]", ("task",)),
    ("clauses[].section", ("section",)),
    ("clauses[].lead[]", _PARTY),
    ("clauses[].cooperate[]", _PARTY),
    ("tasks[].clause", ("clause",)),
    ("tasks[].section", ("section",)),
    ("tasks[].lead[]", _PARTY),
    ("tasks[].cooperate[]", _PARTY),
    ("tasks[].cooperate_named_in_text[]", _PARTY),
    ("tasks[].directs[]", _PARTY),
    ("tasks[].timing.inherited_from", ("task",)),
    ("tasks[].related[]", ("task",)),
    ("tasks[].legal_basis[].ref", ("document",)),
    ("tasks[].indicators[].code", ("indicator",)),
    ("tasks[].numeric_targets[].indicator", ("indicator",)),
    ("tasks[].subtasks[].lead[]", _PARTY),
    ("tasks[].subtasks[].clause", ("clause",)),
    ("tasks[].subtasks[].timing.inherited_from", ("task",)),
    ("tasks[].duties[].actor", _PARTY),
    ("tasks[].duties[].to", _PARTY),
    ("indicators[].tracking.agency", ("agency",)),
    ("indicators[].tracking.suggested[]", ("agency",)),
    ("indicators[].sub_indicators[].tracking_agency", ("agency",)),
    ("indicators[].related_tasks[].task", ("task",)),
    ("conflicts[].tasks[]", ("task",)),
    ("conflicts[].indicators[]", ("indicator",)),
)


def codes_lead_somewhere(tree: Tree) -> None:
    declared = {
        kind: {code for _, code in tree.texts(pattern)}
        for kind, (pattern, _, _) in _DECLARED.items()
    }
    for pattern, kinds in _REFERENCES:
        known = set().union(*(declared[kind] for kind in kinds))
        nouns = " hay ".join(_DECLARED[kind][1] for kind in kinds)
        homes = " hoặc ".join(_DECLARED[kind][2] for kind in kinds)
        for path, code in tree.texts(pattern):
            if code in known:
                continue
            near = difflib.get_close_matches(code, sorted(known), n=1)
            hint = f" Có phải “{near[0]}”?" if near else ""
            tree.add(
                path,
                f"Không có {nouns} nào mang mã “{code}”.{hint}"
                f" Sửa mã, hoặc khai báo ở mục {homes}.",
            )


def groups_do_not_contain_themselves(tree: Tree) -> None:
    edges: dict[str, list[tuple[str, Path]]] = {}
    for path, group in tree.entries("agency_groups[]"):
        code, included = group.get("code"), group.get("includes_groups")
        if isinstance(code, str) and isinstance(included, list):
            found = edges.setdefault(code, [])
            for number, other in enumerate(included):
                if isinstance(other, str):
                    found.append((other, (*path, "includes_groups", number)))
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:  # depth first, without recursion: a file decides how deep this goes
            code, turn = waiting.pop()
            if turn == 0:
                if code in done:
                    continue
                trail.append(code)
            if turn == len(edges.get(code, [])):
                done.add(code)
                trail.pop()
                continue
            waiting.append((code, turn + 1))
            other, path = edges[code][turn]
            if other in trail:
                ring = " → ".join([*trail[trail.index(other) :], other])
                tree.add(
                    path,
                    f"Nhóm “{other}” bao gồm chính nó: {ring}. Bỏ một liên kết trong vòng này.",
                )
            elif other not in done:
                waiting.append((other, 0))


def words_are_declared(tree: Tree) -> None:
    """Kinds of agencies and of leading are words of the file itself: enums gives their labels."""
    for pattern, name in (
        ("agencies[].kind", "agency_kind"),
        ("clauses[].lead_mode", "lead_mode"),
        ("tasks[].lead_mode", "lead_mode"),
    ):
        labels = next(iter(tree.entries(f"enums.{name}")), None)
        if labels is None:
            continue
        for path, word in tree.texts(pattern):
            if word not in labels[1]:
                near = difflib.get_close_matches(word, list(labels[1]), n=1)
                hint = f" Có phải “{near[0]}”?" if near else ""
                tree.add(path, f"Từ “{word}” chưa có nhãn ở enums.{name}.{hint}")


# --- the shape of the document -----------------------------------------------------------


def tasks_stand_in_their_clause(tree: Tree) -> None:
    clauses, sections = _by(tree, "clauses[]", "clause"), _by(tree, "sections[]", "id")
    for path, task in tree.entries("tasks[]"):
        code, clause, section = task.get("id"), task.get("clause"), task.get("section")
        if isinstance(code, str) and isinstance(clause, str) and code.rpartition("-")[0] != clause:
            tree.add((*path, "id"), f"Nhiệm vụ “{code}” không thuộc khoản “{clause}”; sửa một mã.")
        expected = clauses.get(clause, {}).get("section") if isinstance(clause, str) else None
        if expected is not None and section != expected:
            tree.add(
                (*path, "section"),
                f"Khoản “{clause}” thuộc mục “{expected}”, không phải “{section}”.",
            )
        title = task.get("section_title")
        official = sections.get(section, {}).get("title") if isinstance(section, str) else None
        if title is not None and official is not None and title != official:
            tree.add((*path, "section_title"), f"Tên mục khác với tên của mục “{section}”.")
        for part in ("subtasks[].id", "duties[].id"):
            for inner, own in below(path, task, part):
                if isinstance(own, str) and own.rpartition(".")[0] != code:
                    tree.add(inner, f"Việc con “{own}” không thuộc nhiệm vụ “{code}”.")


def sections_stand_below_their_part(tree: Tree) -> None:
    known = {code for _, code in tree.texts("sections[].id")}
    for path, own in tree.texts("sections[].id"):
        above = own.rpartition(".")[0]
        if above and above not in known:
            tree.add(path, f"Mục “{own}” đứng dưới “{above}”, nhưng không có mục “{above}”.")
    for path, clause in tree.entries("clauses[]"):
        code, section = clause.get("clause"), clause.get("section")
        if not (isinstance(code, str) and isinstance(section, str)):
            continue
        if code != section and not code.startswith(section + "."):
            tree.add((*path, "section"), f"Khoản “{code}” không nằm trong mục “{section}”.")


_PLACE_CODE = re.compile(r"(?:[IVXLC]+|\d+)(?:\.\d+)*")


def conflicts_point_into_the_document(tree: Tree) -> None:
    """Only the parts whose clauses the file lists can be checked; others are taken as written."""
    places = {code for _, code in tree.texts("sections[].id")}
    places |= {code for _, code in tree.texts("clauses[].clause")}
    parts = {code.partition(".")[0] for code in places}
    for side in ("a", "b"):
        for path, written in tree.texts(f"conflicts[].{side}.clause"):
            for place in re.split(r";| - ", written):
                code = place.strip()
                if not _PLACE_CODE.fullmatch(code) or code in places:
                    continue
                if code.partition(".")[0] in parts:
                    tree.add(path, f"Văn bản không có mục hay khoản “{code}”.")


# --- days and years ----------------------------------------------------------------------

_DAYS = (
    "plan.issued.date",
    "plan.implements.date",
    "plan.reporting.first_due",
    "documents[].date",
    "tasks[].legal_basis[].date",
    "tasks[].timing.start",
    "tasks[].timing.due",
    "tasks[].subtasks[].timing.start",
    "tasks[].subtasks[].timing.due",
)


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def days_exist(tree: Tree) -> None:
    for pattern in _DAYS:
        for path, written in tree.texts(pattern):
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written) and _day(written) is None:
                tree.add(path, f"Ngày “{written}” không có trong lịch.")


def _scope(tree: Tree) -> tuple[int | None, int | None]:
    found: list[int | None] = []
    for end in ("start", "end"):
        value = next((v for _, v in tree.each(f"plan.scope_years.{end}")), None)
        found.append(value if isinstance(value, int) and not isinstance(value, bool) else None)
    return found[0], found[1]


def years_are_within_the_plan(tree: Tree) -> None:
    start, end = _scope(tree)
    issued = _day(next((v for _, v in tree.each("plan.issued.date")), None))
    if start is not None and end is not None and start > end:
        tree.add(("plan", "scope_years", "end"), f"Năm cuối {end} đứng trước năm đầu {start}.")
        return
    if issued and end is not None and issued.year > end:
        tree.add(("plan", "issued", "date"), f"Ngày ban hành sau năm cuối của kế hoạch ({end}).")
    for timing in ("tasks[].timing", "tasks[].subtasks[].timing"):
        for end_name in ("start", "due"):
            for path, written in tree.texts(f"{timing}.{end_name}"):
                day = _day(written)
                if day is None:
                    continue
                if (start is not None and day.year < start) or (end is not None and day.year > end):
                    tree.add(
                        path,
                        f"Ngày “{written}” nằm ngoài thời kỳ của kế hoạch ({start} - {end}).",
                    )
                elif end_name == "due" and issued and day < issued:
                    tree.add(path, f"Hạn “{written}” trước ngày ban hành kế hoạch ({issued}).")
    for pattern in ("plan.scope_years.milestones[]", "tasks[].numeric_targets[].year"):
        for path, value in tree.each(pattern):
            _year_within(tree, path, value, start, end)
    for pattern in ("indicators[].targets", "indicators[].sub_indicators[].targets"):
        for path, targets in tree.entries(pattern):
            for year in targets:
                if re.fullmatch(r"\d{4}", year):
                    _year_within(tree, (*path, year), int(year), start, end)


def _year_within(tree: Tree, path: Path, year: object, start: int | None, end: int | None) -> None:
    if not isinstance(year, int) or isinstance(year, bool):
        return
    if (start is not None and year < start) or (end is not None and year > end):
        tree.add(path, f"Năm {year} nằm ngoài thời kỳ của kế hoạch ({start} - {end}).")


def periods_run_forward(tree: Tree) -> None:
    pairs: list[tuple[Path, object, object]] = [
        ((*path, "to"), span.get("from"), span.get("to"))
        for path, span in tree.entries("indicators[].period.*")
    ]
    for pattern in (
        "indicators[].targets.*.period",
        "indicators[].sub_indicators[].targets.*.period",
    ):
        pairs += [
            (p, v[0], v[1]) for p, v in tree.each(pattern) if isinstance(v, list) and len(v) == 2
        ]
    for path, first, last in pairs:
        if isinstance(first, int) and isinstance(last, int) and first > last:
            tree.add(path, f"Giai đoạn chạy ngược: {first} - {last}.")


def source_lines_run_forward(tree: Tree) -> None:
    total = next((v for _, v in tree.each("source.lines")), None)
    for pattern in _LINE_RANGES:
        for path, span in tree.each(pattern):
            if not (isinstance(span, list) and len(span) == 2):
                continue
            first, last = span
            if not (isinstance(first, int) and isinstance(last, int)):
                continue
            if first > last:
                tree.add(path, f"Dòng nguồn chạy ngược: {first} - {last}.")
            elif isinstance(total, int) and last > total:
                tree.add(path, f"Văn bản nguồn chỉ có {total} dòng, không có dòng {last}.")


_LINE_RANGES = (
    "plan.*.source_lines",
    "plan.requirements[].source_lines",
    "sections[].source_lines",
    "clauses[].source_lines",
    "tasks[].source_lines[]",
    "tasks[].subtasks[].source_lines",
    "tasks[].footnotes[].source_lines",
    "indicators[].annex.source_lines",
    "indicators[].targets.*.source_lines",
)


def yearly_days_exist(tree: Tree) -> None:
    for pattern in (
        "plan.reporting.deadline",
        "plan.reporting.consolidation_deadline",
        "tasks[].timing.recurring",
        "tasks[].subtasks[].timing.recurring",
    ):
        for path, yearly in tree.entries(pattern):
            month, day = yearly.get("month"), yearly.get("day")
            if not (isinstance(month, int) and isinstance(day, int)):
                continue
            try:
                named = date(2023, month, day)  # not a leap year: 29/02 comes once in four years
            except ValueError:
                tree.add((*path, "day"), f"Ngày {day}/{month} không có trong mọi năm.")
                continue
            last = named - timedelta(days=1) if yearly.get("strictly_before") is True else named
            expected, written = f"{last:%m-%d}", yearly.get("last_day")
            if isinstance(written, str) and written != expected:
                tree.add(
                    (*path, "last_day"),
                    f"Ngày cuối cùng còn đúng hạn phải là “{expected}”, không phải “{written}”.",
                )


# --- timing ------------------------------------------------------------------------------

# kind → (may or must have a start, a due day): None is "must not", True "must", False "may".
_TIMING: dict[str, tuple[bool | None, bool | None]] = {
    "annual": (None, None),
    "by_date": (None, True),
    "year_range": (True, True),
    "annual_and_by_date": (False, True),
    "unstated": (None, None),
}
_TIMED = ("tasks[]", "tasks[].subtasks[]")
_ENDS = {"start": "ngày bắt đầu (start)", "due": "hạn (due)"}


def timing_agrees_with_its_kind(tree: Tree) -> None:
    for pattern in _TIMED:
        for path, timing in tree.entries(f"{pattern}.timing"):
            kind = timing.get("kind")
            if not isinstance(kind, str) or kind not in _TIMING:
                continue
            for end, wanted in zip(("start", "due"), _TIMING[kind], strict=True):
                if wanted is True and end in timing and timing[end] is None:
                    tree.add((*path, end), f"Thời gian kiểu “{kind}” phải có {_ENDS[end]}.")
                elif wanted is None and timing.get(end) is not None:
                    tree.add(
                        (*path, end),
                        f"Thời gian kiểu “{kind}” không có {_ENDS[end]}; để null hoặc đổi kiểu.",
                    )
            start, due = _day(timing.get("start")), _day(timing.get("due"))
            if start and due and start >= due:
                tree.add((*path, "due"), f"Hạn {due} không sau ngày bắt đầu {start}.")
            verbatim = timing.get("verbatim")
            if kind == "unstated" and (verbatim is not None or timing.get("source") != "none"):
                tree.add(
                    (*path, "kind"),
                    "Thời gian “unstated” thì verbatim phải là null và source phải là none.",
                )
            elif kind != "unstated" and "verbatim" in timing and verbatim is None:
                tree.add((*path, "verbatim"), "Thiếu lời văn về thời gian của văn bản (verbatim).")
            if isinstance(verbatim, str) and due:
                years = re.findall(r"(?<!\d)(?:19|20|21)\d\d(?!\d)", verbatim)
                if years and str(due.year) not in years:
                    tree.add(
                        (*path, "due"),
                        f"Hạn năm {due.year} không khớp lời văn “{verbatim}”.",
                    )


def timing_is_inherited_from_its_owner(tree: Tree) -> None:
    tasks = _by(tree, "tasks[]", "id")
    for path, task in tree.entries("tasks[]"):
        timing = task.get("timing")
        if not isinstance(timing, dict):
            continue
        source, owner_code = timing.get("source"), timing.get("inherited_from")
        where = (*path, "timing", "inherited_from")
        if source == "parent":
            tree.add(
                (*path, "timing", "source"), "Chỉ việc con mới lấy thời gian theo nhiệm vụ cha."
            )
        elif source == "shared_line" and owner_code is None and "inherited_from" in timing:
            tree.add(where, "Dòng thời gian dùng chung: phải ghi lấy theo nhiệm vụ nào.")
        elif source != "shared_line" and owner_code is not None:
            tree.add(where, "Chỉ thời gian lấy theo dòng dùng chung (shared_line) mới ghi mục này.")
        elif isinstance(owner_code, str) and (owner := tasks.get(owner_code)):
            _same_line(tree, where, task, timing, owner)
    for path, task in tree.entries("tasks[]"):
        for inner, timing in below(path, task, "subtasks[].timing"):
            if not isinstance(timing, dict) or timing.get("source") != "parent":
                continue
            if timing.get("inherited_from") != task.get("id"):
                tree.add(
                    (*inner, "inherited_from"),
                    f"Việc con phải lấy thời gian theo nhiệm vụ cha “{task.get('id')}”.",
                )


def _same_line(
    tree: Tree,
    where: Path,
    task: dict[str, object],
    timing: dict[str, object],
    owner: dict[str, object],
) -> None:
    code, theirs = owner.get("id"), owner.get("timing")
    if not isinstance(theirs, dict):
        return
    if theirs.get("source") != "shared_line_owner":
        tree.add(
            where,
            f"Nhiệm vụ “{code}” không đứng ngay trên dòng thời gian dùng chung"
            " (source của nó phải là shared_line_owner), nên không lấy theo nó được.",
        )
    elif owner.get("clause") != task.get("clause"):
        tree.add(where, f"Nhiệm vụ “{code}” thuộc khoản khác; dòng thời gian không vượt qua khoản.")
    elif any(timing.get(k) != theirs.get(k) for k in ("kind", "start", "due", "verbatim", "line")):
        tree.add(where, f"Thời gian khác với thời gian của nhiệm vụ “{code}” mà nó lấy theo.")


# --- who does it -------------------------------------------------------------------------


def nobody_leads_and_cooperates(tree: Tree) -> None:
    for pattern in ("tasks[]", "clauses[]"):
        for path, entry in tree.entries(pattern):
            lead, cooperate = entry.get("lead"), entry.get("cooperate")
            if isinstance(lead, list) and isinstance(cooperate, list):
                for number, code in enumerate(cooperate):
                    if code in lead:
                        tree.add(
                            (*path, "cooperate", number),
                            f"“{code}” vừa chủ trì vừa phối hợp; chỉ giữ một vai.",
                        )


def complete_groups_have_members(tree: Tree) -> None:
    for path, group in tree.entries("agency_groups[]"):
        names = group.get("members") or group.get("includes_groups")
        if group.get("complete") is True and not names:
            tree.add(
                (*path, "complete"),
                f"Nhóm “{group.get('code')}” ghi là đủ thành viên (complete) mà chưa có ai.",
            )


def summaries_agree(tree: Tree) -> None:
    """`roles` says again what the tasks say; a summary that lies is worse than none."""
    for kind in ("lead", "cooperate"):
        doing: dict[str, list[str]] = {}
        for _, task in tree.entries("tasks[]"):
            codes, own = task.get(kind), task.get("id")
            if isinstance(codes, list) and isinstance(own, str):
                for code in codes:
                    if isinstance(code, str):
                        doing.setdefault(code, []).append(own)
        for pattern in ("agencies[]", "agency_groups[]"):
            for path, entry in tree.entries(pattern):
                roles, code = entry.get("roles"), entry.get("code")
                if isinstance(roles, dict) and isinstance(code, str):
                    told = roles.get(kind, [])
                    real = doing.get(code, [])
                    _same_codes(tree, (*path, "roles", kind), told, real)
    tracks: dict[str, list[str]] = {}
    for _, indicator in tree.entries("indicators[]"):
        tracking, own = indicator.get("tracking"), indicator.get("code")
        if isinstance(tracking, dict) and isinstance(own, str):
            agency = tracking.get("agency")
            if isinstance(agency, str):
                tracks.setdefault(agency, []).append(own)
    for path, agency in tree.entries("agencies[]"):
        roles, code = agency.get("roles"), agency.get("code")
        if isinstance(roles, dict) and isinstance(code, str):
            _same_codes(
                tree, (*path, "roles", "tracks"), roles.get("tracks", []), tracks.get(code, [])
            )


def _same_codes(tree: Tree, path: Path, told: object, real: list[str]) -> None:
    if not isinstance(told, list):
        return
    for number, code in enumerate(told):
        if isinstance(code, str) and code not in real:
            tree.add((*path, number), f"Tóm tắt ghi “{code}” nhưng chính mục đó không ghi vậy.")
    missing = [code for code in real if code not in told]
    if missing:
        tree.add(path, f"Tóm tắt thiếu {', '.join(missing)}.")


# --- figures -----------------------------------------------------------------------------

_FIGURES = (
    ("tasks[].numeric_targets[]", "verbatim"),
    ("indicators[].targets.*", "text"),
    ("indicators[].sub_indicators[].targets.*", "text"),
)
# The words of the document that go with an operator.
_OP_WORDS = {
    ">": ("trên", "hơn", "vượt", "lớn hơn", "cao hơn"),
    ">=": ("trở lên", "ít nhất", "tối thiểu", "không dưới", "không thấp hơn"),
    "<": ("dưới", "thấp hơn", "nhỏ hơn", "ít hơn"),
    "<=": ("trở xuống", "nhiều nhất", "tối đa", "không quá", "không vượt quá"),
}


def figures_agree_with_their_operator(tree: Tree) -> None:
    for pattern, wording in _FIGURES:
        for path, figure in tree.entries(pattern):
            op = figure.get("op")
            value, low, high = (figure.get(name) for name in ("value", "low", "high"))
            if op == "range":
                if low is None or high is None or value is not None:
                    tree.add(
                        (*path, "op"), "Mức dạng khoảng phải có low và high, còn value là null."
                    )
                elif _number(low) and _number(high) and _decimal(low) >= _decimal(high):
                    tree.add((*path, "low"), f"Khoảng chạy ngược: {low} - {high}.")
            elif "value" in figure and (value is None or low is not None or high is not None):
                tree.add((*path, "op"), f"Mức dạng “{op}” phải có value, còn low, high là null.")
            text = figure.get(wording)
            if not isinstance(text, str):
                continue
            for name, number in (("value", value), ("low", low), ("high", high)):
                if _number(number) and not _is_written(_decimal(number), text):
                    tree.add(
                        (*path, name),
                        f"Số {format_number(_decimal(number))} không có trong lời văn “{text}”.",
                    )
            words = _OP_WORDS.get(op, ()) if isinstance(op, str) else ()
            if words and not any(word in text for word in words):
                tree.add((*path, "op"), f"Dấu “{op}” không khớp lời văn “{text}”.")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _is_written(number: Decimal, text: str) -> bool:
    """The number stands in the text, the Vietnamese way: 4.600; 99,5; 2,0."""
    whole, _, part = format_number(number).partition(",")
    decimals = f",{part}0*" if part else "(?:,0+)?"
    plain = whole.replace(".", r"\.?")
    return re.search(rf"(?<![\d.,]){plain}{decimals}(?!\d|[.,]\d)", text) is not None


def indicators_and_tasks_point_at_each_other(tree: Tree) -> None:
    here = {
        (str(task.get("id")), str(link["code"])): (*path, "indicators", number)
        for path, task in tree.entries("tasks[]")
        for number, link in _links(task.get("indicators"), "code")
    }
    there = {
        (str(link["task"]), str(indicator.get("code"))): (*path, "related_tasks", number)
        for path, indicator in tree.entries("indicators[]")
        for number, link in _links(indicator.get("related_tasks"), "task")
    }
    for (task, indicator), path in here.items():
        if (task, indicator) not in there:
            tree.add(path, f"Chỉ tiêu {indicator} không dẫn lại nhiệm vụ {task} (related_tasks).")
    for (task, indicator), path in there.items():
        if (task, indicator) not in here:
            tree.add(path, f"Nhiệm vụ {task} không dẫn lại chỉ tiêu {indicator} (indicators).")


def _links(value: object, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    if isinstance(value, list):
        for number, link in enumerate(value):
            if isinstance(link, dict) and isinstance(link.get(name), str):
                yield number, link


def the_annex_names_who_tracks(tree: Tree) -> None:
    for path, indicator in tree.entries("indicators[]"):
        in_annex, tracking = indicator.get("in_annex"), indicator.get("tracking")
        if not isinstance(in_annex, bool):
            continue
        if "annex" in indicator and in_annex != (indicator["annex"] is not None):
            tree.add((*path, "in_annex"), "in_annex phải là true khi và chỉ khi có mục annex.")
        if in_annex and isinstance(tracking, dict) and tracking.get("agency", "") is None:
            tree.add(
                (*path, "tracking", "agency"),
                "Chỉ tiêu trong Phụ lục phải có cơ quan theo dõi.",
            )


# --- words of the document ---------------------------------------------------------------


def citations_agree_with_the_document(tree: Tree) -> None:
    documents = _by(tree, "documents[]", "code")
    citations = [
        (path, citation, citation.get("ref"))
        for path, citation in tree.entries("tasks[].legal_basis[]")
    ]
    citations += [(p, c, c.get("document")) for p, c in tree.entries("plan.implements")]
    for path, citation, ref in citations:
        document = documents.get(ref) if isinstance(ref, str) else None
        if document is None:
            continue
        for name, noun in (("number", "Số, ký hiệu"), ("date", "Ngày"), ("kind", "Loại")):
            if name in citation and citation[name] != document.get(name):
                if name == "kind" and "kind" not in document:
                    continue
                tree.add((*path, name), f"{noun} khác với văn bản “{ref}” ở mục documents.")


# (entry, field that quotes, field that is quoted)
_QUOTES = (
    ("tasks[]", "sic[].text"),
    ("tasks[]", "duties[].text"),
    ("tasks[]", "numeric_targets[].verbatim"),
    ("tasks[]", "footnotes[].after"),
)


def quotes_stand_in_the_text(tree: Tree) -> None:
    for pattern, quote in _QUOTES:
        for path, entry in tree.entries(pattern):
            text = entry.get("text")
            if not isinstance(text, str):
                continue
            for inner, quoted in below(path, entry, quote):
                if isinstance(quoted, str) and quoted not in text:
                    tree.add(inner, f"Đoạn “{quoted[:60]}” không có trong lời văn của nhiệm vụ.")
    for path, task in tree.entries("tasks[]"):
        timing, text = task.get("timing"), task.get("text")
        if isinstance(timing, dict) and isinstance(text, str):
            verbatim = timing.get("verbatim")
            in_text = timing.get("source") == "in_text"
            if in_text and isinstance(verbatim, str) and verbatim not in text:
                tree.add(
                    (*path, "timing", "verbatim"),
                    f"Thời gian “{verbatim}” không có trong lời văn của nhiệm vụ.",
                )


def letters_are_whole(tree: Tree) -> None:
    """Damage of a PDF in the official wording. `repairs` keeps the broken forms on purpose."""
    if not isinstance(tree.data, dict):
        return
    waiting: list[tuple[Path, object]] = [
        ((name,), value) for name, value in tree.data.items() if name != "repairs"
    ]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, name), below) for name, below in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), below) for number, below in enumerate(value)]
        elif isinstance(value, str):
            _whole(tree, path, value)


def _whole(tree: Tree, path: Path, value: str) -> None:
    if "  " in value or value != value.strip():
        tree.add(path, "Thừa dấu cách (đầu, cuối hoặc hai dấu cách liền nhau).")
    mended = repair(value)
    if mended != value:
        at = next((i for i, (a, b) in enumerate(zip(value, mended, strict=False)) if a != b), 0)
        start = value.rfind(" ", 0, max(at - 1, 0)) + 1
        tree.add(
            path,
            f"Chữ hỏng do chép từ PDF: “{value[start : start + 20]}”"
            f" phải là “{mended[start : start + 20]}”.",
        )
    elif loose := re.search(r"[\u0300-\u036f]", value):
        start = max(loose.start() - 8, 0)
        tree.add(path, f"Có dấu thanh rời khỏi chữ ở “{value[start : loose.start() + 8]}”.")


RULES: tuple[Rule, ...] = (
    codes_are_used_once,
    an_agency_is_not_a_group,
    codes_lead_somewhere,
    groups_do_not_contain_themselves,
    words_are_declared,
    tasks_stand_in_their_clause,
    sections_stand_below_their_part,
    conflicts_point_into_the_document,
    days_exist,
    years_are_within_the_plan,
    periods_run_forward,
    source_lines_run_forward,
    yearly_days_exist,
    timing_agrees_with_its_kind,
    timing_is_inherited_from_its_owner,
    nobody_leads_and_cooperates,
    complete_groups_have_members,
    summaries_agree,
    figures_agree_with_their_operator,
    indicators_and_tasks_point_at_each_other,
    the_annex_names_who_tracks,
    citations_agree_with_the_document,
    quotes_stand_in_the_text,
    letters_are_whole,
)
