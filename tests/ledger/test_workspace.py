"""What inspectors work with: ready questions, the log as sheet and story, a moment long past."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from ledger import verify
from ledger.service import Ledger
from models.states import LABELS, Capacity, CycleState, Role, Verdict
from tests.ledger.test_sealer import break_in
from tests.make import INSPECTORATE, LEAD, OTHER, STANDING, World, on
from tests.web.conftest import Open, as_, clock
from tests.web.reader import Page, Reader, words
from workflow import audit, inspections
from workflow.commands import cycles, results
from workflow.law.facts import SYSTEM

__all__ = ["as_", "clock"]


def folder(inspector: Reader, decision: str = "12/QĐ-TTr") -> str:
    form = inspector.get("/inspections").form("/inspections") | {
        "decision": decision,
        "decided_on": "01/03/2026",
        "scope": "Việc xác nhận kết quả năm 2026",
        "period_from": "01/01/2026",
        "period_to": "31/12/2026",
    }
    return inspector.post("/inspections", form).location


def lists(page: Page) -> dict[str, list[str]]:
    """The ready questions of a folder: heading -> what was found."""
    found: dict[str, list[str]] = {}
    heading = ""
    for element in page.all("main")[0].iter():
        name = str(element.tag)
        if name in ("h2", "h3"):
            heading = "".join(element.itertext())
        elif name == "li" and heading and element.find("a") is not None:
            found.setdefault(heading, []).append(" ".join("".join(element.itertext()).split()))
    return found


def test_the_ready_questions_find_what_an_inspection_asks_first(world: World, as_: Open) -> None:
    fast = world.bring(world.cycle(), CycleState.VERIFIED)
    document = world.document("5/QĐ-UBND")
    world.do(cycles.ReopenCycle(fast, "Kết luận thanh tra", document), world.chairman)
    twice = world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    for day in (5, 15):
        with on(world, date(2026, 3, day)):
            world.do(world.report(twice), world.head(number=2))
        with on(world, date(2026, 3, day + 1)):
            back = results.ReturnReport(twice, "Thiếu số liệu", "Số căn", date(2026, 4, 1))
            world.do(back, world.judge)
    against = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)
    appraised = results.AppraiseReport(against, Verdict.RETURN, "Thiếu huyện A")
    world.do(appraised, world.officer(STANDING))
    with on(world, date(2026, 3, 20)):
        world.do(results.VerifyResult(against), world.judge)
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)
    as_(world.judge).post(f"/cycles/{own}/verify", status=409)

    world.today = date(2026, 4, 1)
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    page = inspector.get(folder(inspector))
    found = lists(page)

    assert [len(v) for v in found.values()] == [1, 1, 1, 1, 1], found
    told = dict(
        zip(("refused", "overridden", "fast", "same", "reopened"), found.values(), strict=True)
    )
    assert "xung đột lợi ích" in told["refused"][0]
    assert "khác ý kiến thẩm định" in told["overridden"][0]
    assert "II.2-a" in told["fast"][0]
    assert "Thiếu số liệu" in told["same"][0]
    assert "Kết luận thanh tra" in told["reopened"][0]
    # Four verdicts, two of them returns; two people gave them.
    assert "Tỷ lệ trả lại50%" in page.text
    assert len([r for r in page.all("tr") if "giờ" in "".join(r.itertext())]) == 2


def answers(world: World, first: date, last: date) -> inspections.Answers:
    inspector = world.person(Role.INSPECTOR, INSPECTORATE)
    with world.engine.connect() as conn:
        return inspections.ready_answers(conn, inspector, first, last)


def test_what_began_before_the_period_is_known_and_what_ended_before_is_not_counted(
    world: World,
) -> None:
    fast = world.bring(world.cycle(), CycleState.REPORTED)
    against = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)
    appraised = results.AppraiseReport(against, Verdict.RETURN, "Thiếu huyện A")
    world.do(appraised, world.officer(STANDING))
    twice = world.bring(world.cycle("II.6-a"), CycleState.REPORTED)
    back = results.ReturnReport(twice, "Thiếu số liệu", "Số căn", date(2026, 4, 1))
    world.do(back, world.judge)
    world.do(world.report(twice), world.head(number=2))
    # Some milliseconds after midnight the period begins: three verdicts on what was sent before.
    midnight = world.now + timedelta(hours=12)
    world.do(back, world.judge, now=midnight)
    world.do(results.VerifyResult(against), world.judge, now=midnight)
    world.do(results.VerifyResult(fast), world.judge, now=midnight)

    found = answers(world, date(2026, 3, 3), date(2026, 3, 31))
    assert found.judging.verdicts == len(found.judging.took) == 3
    assert [len(found.same_reason), len(found.overridden)] == [1, 1]
    assert found.fast == [], "twelve hours are not fast"
    assert answers(world, date(2026, 3, 4), date(2026, 3, 31)).judging.verdicts == 0

    late = midnight - timedelta(minutes=2)
    again = world.bring(world.cycle("II.7-a"), CycleState.IN_PROGRESS)
    world.do(world.report(again), world.head(number=2), now=late)
    world.do(results.VerifyResult(again), world.judge, now=midnight)
    found = answers(world, date(2026, 3, 3), date(2026, 3, 31))
    assert [s.seconds for s in found.fast] == [120]


def test_namesakes_are_two_judges_and_a_new_name_is_no_new_one(world: World) -> None:
    one, other = world.person(Role.HEAD, STANDING, 1), world.person(Role.HEAD, STANDING, 2)
    for number, judge, name in ((1, one, "Nguyễn Văn An"), (2, other, "Nguyễn Văn An"),
                                (3, one, "Nguyễn Văn Bình")):  # fmt: skip
        task, agency = (("II.2-a", LEAD), ("II.6-a", LEAD), ("II.3-a", OTHER))[number - 1]
        cycle = world.bring(world.cycle(task, agency), CycleState.REPORTED)
        world.do(results.VerifyResult(cycle), replace(judge, name=name))

    judges = answers(world, date(2026, 3, 1), date(2026, 3, 31)).judges

    told = [(j.who, j.verdicts, j.role, j.agency_code) for j in judges]
    assert told == [
        ("Nguyễn Văn Bình", 2, "head", STANDING),
        ("Nguyễn Văn An", 1, "head", STANDING),
    ]


def test_a_sheet_holds_days_as_days_and_formulas_as_text(
    world: World, log: Ledger, as_: Open
) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    world.do(cycles.UpdateProgress(cycle, 10, '=HYPERLINK("http://x")'), world.head())
    document = world.document(
        capacity=Capacity.TUQ, authorization="15/GUQ", authorization_until=world.today
    )
    world.do(world.report(cycle, result="Xong", document=document), world.head())
    world.do(results.WithdrawReport(cycle, "=1+1"), world.head())
    log.sealer.seal()
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    here = folder(inspector)
    page = inspector.get(here)
    question = page.form(f"{here}/questions") | {"name": "Thu hồi", "query": "?command=withdraw"}
    inspector.post(f"{here}/questions", question)
    form = inspector.get(here).form(f"{here}/export")
    assert form["decision"] == "12/QĐ-TTr"

    refused = inspector.post(f"{here}/sheet", form | {"decision": " "}, status=422)
    assert "số quyết định thanh tra" in " ".join(refused.errors)
    with inspector.client.post(
        f"{here}/sheet", data=form | {"question": "command=withdraw"}
    ) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows())
    head = next(n for n, row in enumerate(rows) if row[0].value == "Số mục")
    (entry,) = rows[head + 1 :]
    cells = dict(zip([c.value for c in rows[head]], entry, strict=True))
    assert cells["Lúc"].value == datetime.fromisoformat("2026-03-02T12:00")
    assert (cells["Lý do"].value, cells["Lý do"].data_type) == ("=1+1", "s")
    assert cells["Việc"].value == "Thu hồi"
    assert isinstance(cells["Số mục"].value, int)
    assert cells["Tư cách"].value == LABELS[Capacity.HEAD]
    assert f"cycle {cycle}, state: reported" in cells["Trước"].value
    assert f"cycle {cycle}, state: in_progress" in cells["Sau"].value
    assert "report_id" not in cells["Sau"].value, "where there is nothing, nothing is said"
    words = [c.value for row in rows[:head] for c in row]
    assert {"12/QĐ-TTr", "command=withdraw"} <= set(words)

    sent = {"question": "command=report"}
    with inspector.client.post(f"{here}/sheet", data=form | sent) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    *_, names, values = sheet.iter_rows(values_only=True)
    told = dict(zip(names, values, strict=True))
    assert (told["Văn bản"], told["Ngày văn bản"]) == ("12/BC-THU", datetime(2026, 3, 2))  # noqa: DTZ001 (Excel)
    assert told["Người ký"]
    assert told["Theo ủy quyền"] == "15/GUQ"

    with inspector.client.post(f"{here}/sheet", data=form) as answer:
        whole = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    taken = [r for r in whole.iter_rows(values_only=True) if "Xuất nhật ký" in r]
    assert len(taken) == 3, "taking it is on record, and in it"
    assert log.verify()["ok"], verify.say(log.verify())


def test_the_log_is_a_table_or_a_story_and_is_searched_by_its_words(
    world: World, as_: Open
) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    world.do(cycles.UpdateProgress(cycle, 10, "Đã đúc móng trụ T5"), world.head())
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))

    page = inspector.get("/audit?words=móng trụ&shape=timeline")
    assert page.all("table") == []
    assert len(page.all("ol", class_="dd-story")) == 1
    assert "Đã đúc móng trụ T5" in page.text
    assert page.links["/audit?words=m%C3%B3ng+tr%E1%BB%A5"] == "Bảng"
    assert "móng trụ" not in inspector.get("/audit?words=móng cọc").text
    # Words inside the entries are the inspectors': for others they are no filter.
    assert len(as_(world.head()).get("/audit?words=móng cọc").all("tr")) > 1


def test_a_moment_long_past_is_seen_as_it_was(world: World, as_: Open) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    with on(world, date(2026, 3, 10)):
        world.do(results.VerifyResult(cycle), world.judge)
    world.today = date(2026, 3, 20)
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    page = inspector.get("/inspections")
    assert page.links["/inspections/as-of"] == "Xem lại một thời điểm"

    def state(at: str) -> str:
        found = inspector.get(f"/inspections/as-of?task=II.2-a&{at}")
        (row,) = [r for r in found.all("tr") if "II.2-a" in "".join(r.itertext())]
        return "".join(row.itertext())

    assert "Đã báo cáo" in state("at=09/03/2026&time=08:00")
    assert "Đã báo cáo" in state("at=2026-03-10&time=11:59")
    assert "Đã xác nhận" in state("at=10/03/2026&time=12:01")
    assert "Đã xác nhận" in state("at=10/03/2026")
    assert "chưa có kỳ nào" in inspector.get("/inspections/as-of?at=01/03/2026").text
    assert "chưa có kỳ nào" in inspector.get("/inspections/as-of?at=01/01/1950").text
    as_(world.head()).get("/inspections/as-of", status=403)


def test_a_moment_is_told_by_the_log_alone(world: World, as_: Open) -> None:
    done, gone, moved = world.cycle(), world.cycle("II.6-a"), world.cycle("II.3-a", OTHER)
    world.bring(done, CycleState.REPORTED)
    for task in ("cycle_party", "cycle_span"):
        break_in(world, f"DELETE FROM {task} WHERE cycle_id = {gone}")
    break_in(
        world,
        f"UPDATE cycle SET state = 'completed', percent = 3 WHERE id = {done}",
        f"DELETE FROM cycle WHERE id = {gone}",
        f"UPDATE cycle SET year = 2031 WHERE id = {moved}",
    )
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))

    for at in ("", "at=02/03/2026&time=13:00", "at=02/03/2026"):
        page = inspector.get(f"/inspections/as-of?year=2026&{at}")
        cells = [[words(td) for td in tr.iter("td")] for tr in page.all("tr")]
        rows = {row[0]: " ".join(row[1:]) for row in cells if row}
        assert "Đã báo cáo" in rows["II.2-a"]
        assert "100%" in rows["II.2-a"]
        assert {"II.6-a", "II.3-a"} <= rows.keys()
        assert "Đã báo cáo" in inspector.get(f"/inspections/as-of/{done}?{at}").text
    assert "Đã giao" in inspector.get(f"/inspections/as-of/{gone}").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("at=31/02/2026", "Ngày chưa đúng"),
        ("at=hôm qua", "Ngày chưa đúng"),
        ("at=2026-13-01", "Ngày chưa đúng"),
        ("at=01/03/2026&time=25:00", "Giờ chưa đúng"),
    ],
)
def test_a_moment_that_never_was_is_refused_by_name(
    world: World, as_: Open, asked: str, said: str
) -> None:
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    for page in ("", f"/{world.cycle()}"):
        answer = inspector.get(f"/inspections/as-of{page}?{asked}", status=422)
        assert len(answer.errors) == 1
        assert said in answer.errors[0]
        assert answer.all("table") == []


def test_the_report_of_then_is_read_in_the_words_of_then(world: World, as_: Open) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    stored = world.app.extensions["dondoc"].files.put(io.BytesIO(b"%PDF-1.7 so lieu"))
    file = results.AttachFile(cycle, stored.sha256, "so-lieu.pdf", stored.size, stored.media_type)
    with on(world, date(2026, 3, 5)):
        world.do(cycles.UpdateProgress(cycle, 40, "Đã đúc móng"), world.head())
        world.do(file, world.head())
    with on(world, date(2026, 3, 10)):
        world.do(world.report(cycle, result="Xây 12 căn"), world.head(number=2))
    with on(world, date(2026, 3, 11)):
        world.do(results.ReturnReport(cycle, "Thiếu", "Số căn", date(2026, 4, 1)), world.judge)
    with on(world, date(2026, 3, 20)):
        world.do(world.report(cycle, result="Xây 15 căn"), world.head(number=2))
    break_in(world, f"UPDATE report SET result = 'Xây 99 căn' WHERE cycle_id = {cycle}")
    world.today = date(2026, 3, 25)
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    there = inspector.get("/inspections/as-of?at=10/03/2026&task=II.2-a").links
    assert f"/inspections/as-of/{cycle}?at=10/03/2026" in there

    def then(at: str) -> str:
        return inspector.get(f"/inspections/as-of/{cycle}?at={at}").text

    begun, first, back, second = (then(f"{day:02}/03/2026") for day in (5, 10, 11, 20))
    assert "40%" in begun
    assert "Đã đúc móng" in begun
    assert "so-lieu.pdf" in begun
    assert "căn" not in begun
    for told, number, said in ((first, 1, "Xây 12 căn"), (second, 2, "Xây 15 căn")):
        assert f"Lần {number}," in told
        assert said in told
        assert "12/BC-THU" in told
        assert "so-lieu.pdf" in told
    assert "Dự thảo" in back
    assert "Xây 12 căn" in back, "what came back is a draft again"
    assert "Xây 99 căn" not in begun + first + back + second
    inspector.get(f"/inspections/as-of/{cycle}?at=01/03/2026", status=404)
    with world.engine.connect() as conn:
        asked = audit.search(conn, SYSTEM, audit.Wanted(command="search_log")).rows
    assert [row["body"].count(f"as-of/{cycle}?at=") for row in asked] == [1, 1, 1, 1, 0]
