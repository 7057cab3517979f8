"""The plan file: the real one passes whole, and every way to spoil it is named with its line."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflow import planrules
from workflow.planfile import SCHEMA, PlanFileInvalid, check_plan_file, read_plan_file
from workflow.planyaml import MAX_BYTES, Problem, read_tree
from workflow.text import nfc, repair

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "plans" / "2940-kh-ubnd.yaml"
SOURCE = ROOT / "plans" / "2940-kh-ubnd.source.txt"
SECOND = Path(__file__).with_name("second-plan.yaml")

REAL_TEXT = REAL.read_text(encoding="utf-8")
SECOND_TEXT = SECOND.read_text(encoding="utf-8")


def check_text(tmp_path, text, name="plan.yaml"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return check_plan_file(file)


# --- the plans that ship -----------------------------------------------------------------


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", [REAL, SECOND], ids=["2940", "second"])
def test_a_good_plan_has_no_problems(file):
    assert check_plan_file(file) == []


def test_the_data_is_the_yaml_to_the_byte():
    plan = read_plan_file(REAL)

    assert plan.data == yaml.load(REAL_TEXT, Loader=yaml.CSafeLoader)
    assert plan.sha256 == hashlib.sha256(REAL.read_bytes()).hexdigest()


def test_the_plan_is_counted_right():
    plan = read_plan_file(REAL)

    assert (plan.code, plan.title[:12], str(plan.issued_on)) == (
        "2940/KH-UBND",
        "Kế hoạch thự",
        "2023-08-08",
    )
    counts = (
        len(plan.tasks),
        len(plan.agencies),
        len(plan.groups),
        len(plan.sections),
        len(plan.clauses),
        len(plan.indicators),
        len(plan.documents),
        len(plan.conflicts),
    )
    assert counts == (79, 51, 12, 19, 36, 12, 46, 55)
    assert (plan.start_year, plan.end_year) == (2023, 2030)
    assert (plan.standing_agency, plan.issuing_agency) == ("so-ldtbxh", "ubnd-tinh")
    assert plan.report_last_day == (12, 14)
    assert plan.report_verbatim == "trước ngày 15/12 hàng năm"


def test_a_plan_may_leave_out_what_it_does_not_have():
    plan = read_plan_file(SECOND)

    assert (plan.code, len(plan.tasks), plan.report_last_day) == ("157/KH-UBND", 6, (11, 30))
    bare = SECOND_TEXT[: SECOND_TEXT.index("indicators:\n- code")].replace(
        "    indicator: NCT-01\n  indicators:\n  - code: NCT-01\n    basis: stated\n", ""
    )
    legal = bare.index("  legal_basis:")
    bare = bare[:legal] + bare[bare.index("  numeric_targets:") :]
    assert bare != SECOND_TEXT
    tree = read_tree(bare)
    assert "indicators" not in tree.data
    assert "documents" not in tree.data


def test_a_date_without_quotes_stays_as_written():
    assert read_plan_file(SECOND).data["plan"]["issued"]["date"] == "2024-03-15"


def test_every_value_knows_its_line():
    tree = read_tree(REAL_TEXT)
    lines = REAL_TEXT.split("\n")

    checked = 0
    for path, text in tree.texts("tasks[].text"):
        assert text[:40] in lines[tree.line(path) - 1]
        checked += 1
    for path, code in tree.texts("agency_groups[].members[].code"):
        assert lines[tree.line(path) - 1].strip() == f"- code: {code}"
        checked += 1
    for path, code in tree.texts("tasks[].cooperate[]"):
        assert lines[tree.line(path) - 1].strip() == f"- {code}"
        checked += 1
    assert checked == 79 + 44 + 65


# --- the official wording ----------------------------------------------------------------


def test_the_source_is_the_one_the_plan_names():
    plan = read_plan_file(REAL)

    assert hashlib.sha256(SOURCE.read_bytes()).hexdigest() == plan.data["source"]["sha256"]


def test_every_wording_stands_in_the_repaired_source_at_its_lines():
    """The text of each task is the official one: found between the lines it names."""
    plan = read_plan_file(REAL)
    lines = SOURCE.read_text(encoding="utf-8").split("\n")
    footnote_mark = ("85%)1.", "85%).")

    def squeezed(text):
        return "".join(repair(text).split())

    for task in plan.tasks:
        first, last = task["source_lines"][0][0], task["source_lines"][-1][1]
        footnotes = {
            number
            for other in plan.tasks
            for note in other.get("footnotes", [])
            for number in range(note["source_lines"][0], note["source_lines"][1] + 1)
        }
        official = "\n".join(
            lines[number - 1] for number in range(first, last + 1) if number not in footnotes
        )
        official = nfc(official).replace(*footnote_mark)
        assert squeezed(task["text"]) in squeezed(official), task["id"]


def test_the_repairs_are_those_the_plan_lists():
    plan = read_plan_file(REAL)

    for entry in plan.data["repairs"]["diacritics"]:
        damaged = "".join(chr(int(code[2:], 16)) for code in entry["before_codepoints"].split())
        assert repair(damaged) == entry["after"]
    for entry in plan.data["repairs"]["nfc_only"]:
        decomposed = "".join(chr(int(code[2:], 16)) for code in entry["before_codepoints"].split())
        assert repair(decomposed) == entry["after"]


# --- broken content: one edit, one line, one message --------------------------------------

# name: (old, new, the line that is reported, where, part of the message)
# The line is named by a text that stands on it after the edit.
BROKEN = {
    "unknown agency": (
        "  lead:\n  - so-khdt\n  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n"
        "  title: ",
        "  lead:\n  - so-khdtt\n  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n"
        "  title: ",
        "  - so-khdtt",
        "tasks[7].lead[0]",
        "“so-khdtt”. Có phải “so-khdt”?",
    ),
    "unknown member of a group": (
        "  members:\n  - code: dai-ptth\n",
        "  members:\n  - code: dai-truyen-hinh\n",
        "  - code: dai-truyen-hinh",
        "agency_groups[8].members[0].code",
        "Không có cơ quan nào mang mã “dai-truyen-hinh”",
    ),
    "cycle in groups": (
        '  includes_groups: []\n  note: \'"địa phương" is',
        '  includes_groups:\n  - nhom-co-quan-don-vi-dia-phuong\n  note: \'"địa phương" is',
        "  - nhom-ubnd-cap-huyen\n  - nhom-co-quan-don-vi-lien-quan\n",
        "agency_groups[4].includes_groups[1]",
        "nhom-ubnd-cap-huyen → nhom-co-quan-don-vi-dia-phuong → nhom-ubnd-cap-huyen",
    ),
    "a group in itself": (
        "  includes_groups:\n  - nhom-so-ban-nganh\n  - nhom-to-chuc-ct-xh\n",
        "  includes_groups:\n  - nhom-don-vi-bao-cao\n  - nhom-to-chuc-ct-xh\n",
        "  - nhom-don-vi-bao-cao\n  - nhom-to-chuc-ct-xh\n",
        "agency_groups[9].includes_groups[0]",
        "“nhom-don-vi-bao-cao” bao gồm chính nó",
    ),
    "duplicate task": (
        "- id: III.2.1-b\n",
        "- id: III.2.1-a\n",
        "- id: III.2.1-a\n  clause: III.2.1\n  section: III.2\n  section_title: Tạo việc làm, giải"
        " quyết việc làm, nâng cao thu nhập cho người lao động\n  lead:\n  - so-ldtbxh\n"
        "  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n  title: Đào tạo",
        "tasks[2].id",
        "Mã nhiệm vụ “III.2.1-a” đã dùng ở dòng 2264",
    ),
    "duplicate agency": (
        "- code: so-khdt\n",
        "- code: so-ldtbxh\n",
        "- code: so-ldtbxh\n  name: Sở Kế hoạch",
        "agencies[1].code",
        "Mã cơ quan “so-ldtbxh” đã dùng ở dòng 287",
    ),
    "duplicate conflict": (
        "- id: MT-02\n",
        "- id: MT-01\n",
        "- id: MT-01\n  kind: contradiction\n  severity: high\n  title: 'Mức hài lòng",
        "conflicts[1].id",
        "Mã điểm mâu thuẫn “MT-01” đã dùng ở dòng 6162",
    ),
    "agency and group": (
        "- code: nhom-doanh-nghiep\n",
        "- code: so-y-te\n",
        "- code: so-y-te\n  name: Doanh nghiệp",
        "agency_groups[11].code",
        "vừa là nhóm vừa là cơ quan",
    ),
    "a day that does not exist": (
        "    due: '2030-12-31'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2030-02-30'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2030-02-30'",
        "tasks[47].timing.due",
        "Ngày “2030-02-30” không có trong lịch",
    ),
    "a day written the wrong way": (
        "    date: '2023-08-08'\n    verbatim: ngày 08/8/2023\n",
        "    date: 08/8/2023\n    verbatim: ngày 08/8/2023\n",
        "    date: 08/8/2023",
        "plan.issued.date",
        "không đúng dạng: ngày viết theo dạng năm-tháng-ngày",
    ),
    "due outside the plan": (
        "    due: '2030-12-31'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2052-12-31'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2052-12-31'",
        "tasks[47].timing.due",
        "nằm ngoài thời kỳ của kế hoạch (2023 - 2030)",
    ),
    "due not in the words": (
        "    due: '2030-12-31'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2029-12-31'\n    verbatim: Thường xuyên hàng năm và năm 2030\n",
        "    due: '2029-12-31'",
        "tasks[47].timing.due",
        "Hạn năm 2029 không khớp lời văn",
    ),
    "start after due": (
        "    start: '2024-01-01'\n",
        "    start: '2026-01-01'\n",
        "    due: '2025-12-31'\n    verbatim: Năm 2024 - 2025",
        "tasks[36].timing.due",
        "không sau ngày bắt đầu 2026-01-01",
    ),
    "annual with a due day": (
        "    due: null\n    verbatim: báo cáo hàng năm\n",
        "    due: '2025-12-31'\n    verbatim: báo cáo hàng năm\n",
        "    due: '2025-12-31'\n    verbatim: báo cáo",
        "tasks[77].timing.due",
        "kiểu “annual” không có hạn",
    ),
    "by date without a day": (
        "    due: '2023-12-31'\n",
        "    due: null\n",
        "    due: null\n    verbatim: Trong năm 2023",
        "tasks[23].timing.due",
        "kiểu “by_date” phải có hạn",
    ),
    "before the plan was issued": (
        "    date: '2023-08-08'\n    verbatim: ngày 08/8/2023\n",
        "    date: '2024-08-08'\n    verbatim: ngày 08/8/2023\n",
        "    due: '2023-12-31'",
        "tasks[23].timing.due",
        "trước ngày ban hành kế hoạch (2024-08-08)",
    ),
    "inherited from nobody's line": (
        "    inherited_from: III.2.2-b\n",
        "    inherited_from: III.2.2-c\n",
        "    inherited_from: III.2.2-c",
        "tasks[7].timing.inherited_from",
        "không đứng ngay trên dòng thời gian dùng chung",
    ),
    "inherited across clauses": (
        "    inherited_from: III.2.2-b\n",
        "    inherited_from: III.2.3-c\n",
        "    inherited_from: III.2.3-c",
        "tasks[7].timing.inherited_from",
        "thuộc khoản khác",
    ),
    "nobody leads": (
        "  lead:\n  - bql-kcn\n  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n"
        "  title:",
        "  lead: []\n  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n  title:",
        "  lead: []",
        "tasks[10].lead",
        "phải có ít nhất 1 phần tử",
    ),
    "leads and co-operates": (
        "  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n"
        "  title: Triển khai Chỉ thị 20-CT/TW",
        "  lead_mode: chu_tri\n  cooperate:\n  - nhom-so-nganh-dia-phuong\n  - so-ldtbxh\n"
        "  title: Triển khai Chỉ thị 20-CT/TW",
        "  - so-ldtbxh\n  title: Triển khai",
        "tasks[1].cooperate[1]",
        "vừa chủ trì vừa phối hợp",
    ),
    "unknown clause": (
        "- id: III.2.1-a\n  clause: III.2.1\n",
        "- id: III.2.1-a\n  clause: III.2.9\n",
        "  clause: III.2.9",
        "tasks[1].clause",
        "Không có khoản giao việc nào mang mã “III.2.9”",
    ),
    "unknown section": (
        "- clause: III.2.1\n  section: III.2\n",
        "- clause: III.2.1\n  section: III.20\n",
        "  section: III.20",
        "clauses[1].section",
        "Không có mục nào mang mã “III.20”",
    ),
    "section without its part": (
        "- id: III\n  title: NHỮNG",
        "- id: V\n  title: NHỮNG",
        "- id: III.1\n  title: 'Thúc đẩy",
        "sections[1].id",
        "không có mục “III”",
    ),
    "task of another clause": (
        "- id: III.2.1-a\n  clause: III.2.1\n  section: III.2\n",
        "- id: III.2.1-a\n  clause: III.2.2\n  section: III.2\n",
        "- id: III.2.1-a\n  clause: III.2.2",
        "tasks[1].id",
        "không thuộc khoản “III.2.2”",
    ),
    "conflict about an unknown task": (
        "  tasks:\n  - III.6.5-a\n  indicators:\n  - CT-09\n- id: MT-02",
        "  tasks:\n  - III.6.5-z\n  indicators:\n  - CT-09\n- id: MT-02",
        "  - III.6.5-z",
        "conflicts[0].tasks[0]",
        "Không có nhiệm vụ nào mang mã “III.6.5-z”",
    ),
    "conflict about an unknown indicator": (
        "  tasks:\n  - III.6.5-a\n  indicators:\n  - CT-09\n- id: MT-02",
        "  tasks:\n  - III.6.5-a\n  indicators:\n  - CT-19\n- id: MT-02",
        "  - CT-19",
        "conflicts[0].indicators[0]",
        "Không có chỉ tiêu nào mang mã “CT-19”",
    ),
    "conflict in an unknown clause": (
        "    clause: III.6.5\n    value: trên 99,5%",
        "    clause: III.6.9\n    value: trên 99,5%",
        "    clause: III.6.9",
        "conflicts[0].b.clause",
        "Văn bản không có mục hay khoản “III.6.9”",
    ),
    "unknown standing agency": (
        "  standing_agency:\n    code: so-ldtbxh\n",
        "  standing_agency:\n    code: so-lao-dong\n",
        "    code: so-lao-dong",
        "plan.standing_agency.code",
        "Không có cơ quan nào mang mã “so-lao-dong”",
    ),
    "unknown document": (
        "  - ref: kh-145-tu\n",
        "  - ref: kh-146-tu\n",
        "  - ref: kh-146-tu",
        "tasks[1].legal_basis[0].ref",
        "Có phải “kh-145-tu”?",
    ),
    "another number of a document": (
        "  - ref: kh-145-tu\n    kind: Kế hoạch\n    number: 145-KH/TU\n",
        "  - ref: kh-145-tu\n    kind: Kế hoạch\n    number: 154-KH/TU\n",
        "    number: 154-KH/TU",
        "tasks[1].legal_basis[0].number",
        "khác với văn bản “kh-145-tu”",
    ),
    "range without its ends": (
        "      op: range\n      value: null\n      low: 4600\n",
        "      op: range\n      value: 4700\n      low: 4600\n",
        "      op: range\n      value: 4700",
        "indicators[0].targets.2025.op",
        "phải có low và high",
    ),
    "range backwards": (
        "      low: 4600\n      high: 4800\n",
        "      low: 4800\n      high: 4600\n",
        "      low: 4800",
        "indicators[0].targets.2025.low",
        "Khoảng chạy ngược: 4800 - 4600",
    ),
    "number not in the words": (
        "      low: 4600\n      high: 4800\n",
        "      low: 460\n      high: 4800\n",
        "      low: 460\n",
        "indicators[0].targets.2025.low",
        "Số 460 không có trong lời văn",
    ),
    "operator not in the words": (
        "  - subject: tỷ lệ hộ dân sử dụng nước hợp vệ sinh\n    op: '>'\n    value: 99.0",
        "  - subject: tỷ lệ hộ dân sử dụng nước hợp vệ sinh\n    op: '>='\n    value: 99.0",
        "    op: '>='\n    value: 99.0",
        "tasks[47].numeric_targets[0].op",
        "Dấu “>=” không khớp lời văn",
    ),
    "unknown operator": (
        "  - subject: tỷ lệ hộ dân sử dụng nước hợp vệ sinh\n    op: '>'\n    value: 99.0",
        "  - subject: tỷ lệ hộ dân sử dụng nước hợp vệ sinh\n    op: '=>'\n    value: 99.0",
        "    op: '=>'",
        "tasks[47].numeric_targets[0].op",
        "“=>” không có trong danh sách cho phép",
    ),
    "target outside the plan": (
        "    '2025':\n      op: range\n      value: null\n      low: 4600\n",
        "    '2035':\n      op: range\n      value: null\n      low: 4600\n",
        "    '2035':",
        "indicators[0].targets.2035",
        "Năm 2035 nằm ngoài thời kỳ",
    ),
    "period backwards": (
        "      from: 2022\n      to: 2025\n",
        "      from: 2026\n      to: 2025\n",
        "      to: 2025\n",
        "indicators[4].period.2025.to",
        "Giai đoạn chạy ngược: 2026 - 2025",
    ),
    "scope backwards": (
        "    start: 2023\n    end: 2030\n",
        "    start: 2033\n    end: 2030\n",
        "    end: 2030\n",
        "plan.scope_years.end",
        "Năm cuối 2030 đứng trước năm đầu 2033",
    ),
    "source lines backwards": (
        "  source_lines:\n  - - 121\n    - 129\n",
        "  source_lines:\n  - - 129\n    - 121\n",
        "  - - 129\n    - 121\n",
        "tasks[1].source_lines[0]",
        "Dòng nguồn chạy ngược",
    ),
    "source lines beyond the end": (
        "  source_lines:\n  - - 121\n    - 129\n",
        "  source_lines:\n  - - 121\n    - 1290\n",
        "  - - 121\n    - 1290\n",
        "tasks[1].source_lines[0]",
        "chỉ có 1089 dòng",
    ),
    "last day does not follow": (
        "      last_day: 12-14\n      verbatim: trước ngày 15/12 hàng năm\n    reporters:",
        "      last_day: 12-15\n      verbatim: trước ngày 15/12 hàng năm\n    reporters:",
        "      last_day: 12-15",
        "plan.reporting.deadline.last_day",
        "phải là “12-14”, không phải “12-15”",
    ),
    "no such day of the year": (
        "      month: 12\n      day: 15\n      strictly_before: true\n      last_day: 12-14\n"
        "      verbatim: trước ngày 15/12 hàng năm\n    reporters:",
        "      month: 11\n      day: 31\n      strictly_before: true\n      last_day: 12-14\n"
        "      verbatim: trước ngày 15/12 hàng năm\n    reporters:",
        "      day: 31",
        "plan.reporting.deadline.day",
        "Ngày 31/11 không có trong mọi năm",
    ),
    "word without a label": (
        "  name: Sở Kế hoạch và Đầu tư tỉnh Bình Thuận\n  short: Sở KH&ĐT\n  kind: department\n",
        "  name: Sở Kế hoạch và Đầu tư tỉnh Bình Thuận\n  short: Sở KH&ĐT\n  kind: departement\n",
        "  kind: departement",
        "agencies[1].kind",
        "chưa có nhãn ở enums.agency_kind. Có phải “department”?",
    ),
    "complete and empty": (
        "- code: nhom-doanh-nghiep\n  name: Doanh nghiệp trên địa bàn\n",
        "- code: nhom-doanh-nghiep\n  name: Doanh nghiệp trên địa bàn\n  complete: true\n",
        "  complete: true\n  forms_in_document:\n  - text: doanh nghiệp",
        "agency_groups[11].complete",
        "mà chưa có ai",
    ),
    "a summary that lies": (
        "    tracks:\n    - CT-09\n",
        "    tracks:\n    - CT-10\n",
        "    - CT-10\n    via_groups:\n    - nhom-co-quan-don-vi-dia-phuong\n"
        "    - nhom-don-vi-bao-cao\n    - nhom-so-ban-nganh\n    - nhom-so-nganh-dia-phuong\n"
        "    reports: true\n    receives:\n    - Các cơ quan thuộc UBND tỉnh\n- code: so-noi-vu",
        "agencies[2].roles.tracks[0]",
        "Tóm tắt ghi “CT-10”",
    ),
    "link in one direction": (
        "  related_tasks:\n  - task: III.1-a\n    basis: editorial\n",
        "  related_tasks:\n  - task: III.9-a\n    basis: editorial\n",
        "  - task: III.9-a",
        "indicators[0].related_tasks[0]",
        "Nhiệm vụ III.9-a không dẫn lại chỉ tiêu CT-01",
    ),
    "annex without a tracker": (
        "  tracking:\n    agency: cuc-thong-ke\n",
        "  tracking:\n    agency: null\n",
        "    agency: null\n    cell: own",
        "indicators[5].tracking.agency",
        "Chỉ tiêu trong Phụ lục phải có cơ quan theo dõi",
    ),
    "quote not in the text": (
        "  - text: khu cụm công nghiệp\n    suggest:",
        "  - text: khu, cụm công nghiệp\n    suggest:",
        "  - text: khu, cụm công nghiệp\n",
        "tasks[7].sic[0].text",
        "không có trong lời văn của nhiệm vụ",
    ),
    "damaged letters": (
        "  title: Chất lượng dân số",
        "  title: Chất lươṇg dân số",
        "lươṇg",
        None,
        "“lươṇg",
    ),
    "two blanks": (
        "  title: Triển khai Chỉ thị 20-CT/TW",
        "  title: Triển khai  Chỉ thị 20-CT/TW",
        "  title: Triển khai  Chỉ",
        "tasks[1].title",
        "Thừa dấu cách",
    ),
    "missing entry": (
        "  name: Sở Kế hoạch và Đầu tư tỉnh Bình Thuận\n",
        "",
        "- code: so-khdt\n",
        "agencies[1]",
        "Thiếu mục “name”",
    ),
    "misspelt entry": (
        "  title_en: Implement Directive",
        "  tilte_en: Implement Directive",
        "  tilte_en:",
        "tasks[1].tilte_en",
        "Có phải “title_en”?",
    ),
    "number for text": (
        "  kind: Kế hoạch\n  title:\n    value:",
        "  kind: 2940\n  title:\n    value:",
        "  kind: 2940",
        "plan.kind",
        "Phải là chữ, không phải 2940. Nếu đây là chữ thì đặt trong dấu nháy.",
    ),
    "code with capitals": (
        "- code: so-khdt\n",
        "- code: So-KHDT\n",
        "- code: So-KHDT",
        "agencies[1].code",
        "mã chỉ gồm chữ thường không dấu",
    ),
    "year without quotes": (
        "    '2025':\n      op: range\n      value: null\n      low: 4600\n",
        "    2025:\n      op: range\n      value: null\n      low: 4600\n",
        "    2025:\n      op: range\n      value: null\n      low: 4600",
        "indicators[0].targets.2025",
        "phải đặt trong dấu nháy",
    ),
}


def broken(name):
    old, new, marker, where, message = BROKEN[name]
    if name == "damaged letters":
        old = "  title_en: Implement Directive"
        new = "  notes: Chất lươṇg dân số.\n" + old
        where = "tasks[1].notes"
    if name == "complete and empty":
        start = REAL_TEXT.index("- code: nhom-doanh-nghiep\n")
        cut = REAL_TEXT.index("  complete: false\n", start)
        text = REAL_TEXT[:cut] + REAL_TEXT[cut:].replace("  complete: false\n", "", 1)
    else:
        text = REAL_TEXT
    assert old in text, f"the plan no longer holds what the case {name!r} spoils"
    text = text.replace(old, new, 1)
    line = text.count("\n", 0, text.index(marker)) + 1
    return text, line, where, message


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plan_is_told_with_its_line(name, tmp_path):
    text, line, where, message = broken(name)

    problems = check_text(tmp_path, text)

    told = [p for p in problems if p.line == line and p.where == where and message in p.message]
    assert told, "\n".join(map(str, problems))


def test_every_rule_has_been_seen_to_refuse():
    asleep = list(planrules.RULES)
    for name in BROKEN:
        tree = read_tree(broken(name)[0])
        for rule in tuple(asleep):
            before = len(tree.problems)
            rule(tree)
            if len(tree.problems) > before:
                asleep.remove(rule)

    assert [rule.__name__ for rule in asleep] == []


def test_several_mistakes_are_all_told_at_once_and_by_line(tmp_path):
    names = [
        "unknown agency",
        "cycle in groups",
        "agency and group",
        "a day that does not exist",
        "misspelt entry",
        "unknown standing agency",
        "unknown operator",
        "number not in the words",
    ]
    text = REAL_TEXT
    for name in names:
        old, new, *_ = BROKEN[name]
        assert old in text
        text = text.replace(old, new, 1)

    problems = check_text(tmp_path, text)

    for name in names:
        _, _, marker, where, message = BROKEN[name]
        line = text.count("\n", 0, text.index(marker)) + 1
        assert [
            p for p in problems if p.line == line and p.where == where and message in p.message
        ], name
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_nothing_is_read_from_a_broken_plan(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(broken("unknown agency")[0], encoding="utf-8")

    with pytest.raises(PlanFileInvalid) as refused:
        read_plan_file(file)

    assert refused.value.problems == check_plan_file(file)
    assert "so-khdtt" in str(refused.value)


# --- broken files ------------------------------------------------------------------------

MALFORMED = {
    "open quote": ("plan:\n  title: 'Kế hoạch\n", 3, "dấu nháy mở ra mà không đóng lại"),
    "wrong indentation": ("plan:\n  kind: a\n title: b\n", 3, "thụt đầu dòng sai"),
    "colon in the words": ("plan:\n  title: Kế hoạch: năm\n", 2, "đặt cả đoạn trong dấu nháy"),
    "open list": ("tasks: [a, b\nplan: x\n", 2, "ngoặc vuông chưa đóng"),
    "odd list": ("tasks:\n- a\nb\n- c\n", 4, "Sai cú pháp YAML"),
    "tab": ("plan:\n\tkind: a\n", 2, "Có dấu tab"),
    "empty": ("", 1, "Tệp trống"),
    "only a comment": ("# chưa có gì\n", 1, "Tệp trống"),
    "only a word": ("kế hoạch\n", 1, "Phải là một bảng các mục"),
    "a list": ("- a\n- b\n", 1, "Phải là một bảng các mục"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "hai tài liệu YAML"),
    "duplicate key": ("plan:\n  kind: a\n  kind: b\n", 3, "Mục “kind” đã có ở dòng 2"),
    "alias": ("a: &x [1]\nb: *x\n", 2, "Không dùng bí danh YAML"),
    "anchor": ("a: &x [1]\n", 1, "Không dùng neo YAML"),
    "tag": ("a: !!python/object/apply:os.system ['x']\n", 1, "Không dùng thẻ kiểu YAML"),
    "list as a key": ("? [a, b]\n: c\n", 1, "Tên mục phải là một từ"),
    "true as a key": ("plan:\n  yes: a\n", 2, "phải đặt trong dấu nháy: 'yes'"),
    "infinite": ("schema_version: .inf\n", 1, "Không đọc được số"),
    "endless number": ("schema_version: " + "9" * 5000 + "\n", 1, "Không đọc được số"),
    "too deep": ("a: " + "[" * 40 + "]" * 40 + "\n", 1, "lồng nhau quá 32 tầng"),
    "control character": ("plan: a\nx: b\x07\n", 2, "ký tự điều khiển"),
    "not NFC": ("plan: a\nx: Kê\u0301 hoạch\n", 2, "chưa chuẩn hóa Unicode NFC"),
    "not UTF-8": ("plan: a\nx: Kế hoạch\n".encode("utf-16"), 1, "bảng mã UTF-8"),
    "Latin": ("plan: a\nx: caf\u00e9\n".encode("latin-1"), 2, "bảng mã UTF-8"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_told_with_its_line(name, tmp_path):
    text, line, message = MALFORMED[name]

    problems = check_text(tmp_path, text)

    assert [p for p in problems if p.line == line and message in p.message], problems


def test_a_bomb_of_aliases_is_told_and_not_unfolded(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )

    problems = check_text(tmp_path, bomb)

    assert sum("bí danh" in p.message for p in problems) == 29 * 9


def test_a_file_too_large_is_not_read(tmp_path):
    (problem,) = check_text(tmp_path, b"#" * (MAX_BYTES + 1))

    assert problem == Problem(0, 0, "", "Tệp lớn hơn 4 MB; một kế hoạch không thể dài như vậy.")


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path):
    (problem,) = check_plan_file(tmp_path / "không-có.yaml")
    (folder,) = check_plan_file(tmp_path)

    assert str(problem).startswith("Không có tệp ")
    assert str(folder).startswith("Không đọc được tệp ")


def test_a_problem_is_printed_with_its_line_and_place():
    problem = Problem(2275, 5, "tasks[3].timing.due", "Ngày không có trong lịch.")

    assert str(problem) == "dòng 2275, tasks[3].timing.due: Ngày không có trong lịch."


# --- whatever happens to the file, the check answers -------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3000, 3000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "so-y-te", "III.2.1-a", "2025-13-45", "CT-01", "nhom-so-ban-nganh"]),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)


def spoil(draw, node):
    """Walk down to a random place and put something else there, or take it away."""
    while True:
        if isinstance(node, dict) and node:
            key = draw(st.sampled_from(sorted(node)))
        elif isinstance(node, list) and node:
            key = draw(st.integers(0, len(node) - 1))
        else:
            return
        if isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 9)) < 8:
            node = node[key]
            continue
        change = draw(st.sampled_from(["put", "drop", "move"]))
        if change == "put":
            node[key] = draw(VALUES)
        elif change == "drop":
            del node[key]
        elif isinstance(node, list):
            node.append(node[0])
        else:
            node[key] = draw(st.sampled_from(list(node.values())))
        return


def answer(path, content):
    path.write_bytes(content)
    problems = check_plan_file(path)
    assert all(isinstance(p, Problem) and p.message for p in problems)
    assert problems == sorted(problems)


# No shrinking: a tree of this size takes minutes to shrink and says no more than the first one.
ANYTHING = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(ANYTHING, max_examples=100)
@given(data=st.data())
def test_any_change_of_the_small_plan_is_answered(data, tmp_path):
    tree = read_tree(SECOND_TEXT).data
    for _ in range(data.draw(st.integers(1, 4))):
        spoil(data.draw, tree)

    answer(tmp_path / "plan.yaml", json.dumps(tree, ensure_ascii=True, indent=1).encode())


@settings(ANYTHING, max_examples=12)
@given(data=st.data())
def test_any_change_of_the_real_plan_is_answered(data, tmp_path):
    tree = read_tree(REAL_TEXT).data
    for _ in range(data.draw(st.integers(1, 6))):
        spoil(data.draw, tree)

    answer(tmp_path / "plan.yaml", json.dumps(tree, ensure_ascii=False, indent=1).encode())


@settings(ANYTHING, max_examples=100)
@given(
    at=st.integers(0, len(SECOND_TEXT)),
    length=st.integers(0, 40),
    put=st.one_of(st.binary(max_size=6), st.text("\t\n :-[]{}'\"&*!|>%@`#?,aế", max_size=6)),
)
def test_any_damage_of_the_file_is_answered(at, length, put, tmp_path):
    put = put if isinstance(put, bytes) else put.encode()
    content = SECOND_TEXT[:at].encode() + put + SECOND_TEXT[at + length :].encode()

    answer(tmp_path / "plan.yaml", content)
