"""An agency's year on its page: who may do what, what comes next, and refusals in words."""

import io
import json

import docx
from sqlalchemy import select

from models.tables import AGENCY_REPORT, BUDGET_LINE
from tests.reports.conftest import House

PAGE = "/agencies/so-y-te/years/2024"
PLAN, BUDGET = f"{PAGE}/plan", f"{PAGE}/budget"
WRITE, SEND, JUDGE = f"{PAGE}/report", f"{PAGE}/send", f"{PAGE}/judge"
NEXT = "Khám sức khỏe cho 15.000 lượt người."


def paper(notation: str, day: str) -> dict[str, str]:
    return {
        "document_notation": notation,
        "document_issued_on": day,
        "document_signer_name": "Trần Văn An",
    }


def acts(house: House, who: str, day: str) -> set[str]:
    """The last word of every form this page offers somebody."""
    page = house.reader(who, day).get(PAGE)
    found = {f.get("action", "") for f in page.all("form", method="post")}
    return {a.removeprefix(f"{PAGE}/") for a in found if a.startswith(PAGE)}


def test_who_may_do_what_at_each_step_of_the_year(half: House) -> None:
    """Steps bring more than one reader: what each is offered is what each may do."""
    people = ("cv.so-y-te", "gd.so-y-te", "kh.so-tai-chinh", "cv.so-ldtbxh", "vp.ubnd-tinh")

    def offered(day: str) -> list[set[str]]:
        return [acts(half, who, day) for who in people]

    own = {"plan", "budget", "report"}
    assert offered("2024-12-02") == [own, own, set(), set(), set()]
    half.reader("cv.so-y-te", "2024-12-02").post(WRITE, {"next": NEXT})
    assert offered("2024-12-03") == [own, {"budget", "report", "send"}, set(), set(), set()]
    half.reader("gd.so-y-te", "2024-12-04").post(SEND, paper("9/BC-SYT", "04/12/2024"))
    kept = {"plan", "budget"}
    assert offered("2024-12-05") == [kept, kept, set(), {"judge"}, set()]
    half.reader("cv.so-ldtbxh", "2024-12-06").post(JUDGE, {"accepted": "yes"})
    assert offered("2024-12-07") == [kept, kept, set(), set(), set()]
    for who, status in (("gd.so-xay-dung", 404), ("td.so-noi-vu", 404), ("admin", 403)):
        half.reader(who, "2024-12-07").get(PAGE, status=status)


def test_a_head_with_a_draft_still_records_the_plan(half: House) -> None:
    """Both forms ask for a document, so that a link shows the one instead of the other."""
    half.reader("cv.so-y-te", "2024-12-02").post(WRITE, {"next": NEXT})
    head = half.reader("gd.so-y-te", "2024-12-03")
    (link,) = (to for to in head.get(PAGE).links if "record=plan" in to)

    page = head.get(link)
    refused = head.post(PLAN, page.form(PLAN) | paper("3/KH-SYT", "20/12/2024"), status=422)
    assert refused.form(PLAN)["document_notation"] == "3/KH-SYT"
    page = head.follow(PLAN, refused.form(PLAN) | paper("3/KH-SYT", "02/12/2024"))

    assert "3/KH-SYT" in page.text
    assert page.form(SEND)


def test_the_report_is_written_sent_returned_and_accepted(half: House) -> None:
    officer = half.reader("cv.so-y-te", "2024-12-02")
    officer.follow(WRITE, officer.get(PAGE).form(WRITE) | {"next": NEXT})
    with officer.client.get(
        "/reports/download/agency-year.docx?agency=so-y-te&year=2024"
    ) as answer:
        text = words_of(answer.data)
    assert "III.4.1" in text, "drafted from the cycles"

    head = half.reader("gd.so-y-te", "2024-12-14")
    page = head.get(PAGE)
    assert page.form(WRITE)["next"] == NEXT
    late = page.form(SEND) | paper("9/BC-SYT", "20/12/2024")
    refused = head.post(SEND, late, status=422)
    assert "Ngày văn bản ở sau hôm nay" in refused.errors[0]
    assert refused.form(SEND)["document_notation"] == "9/BC-SYT"
    page = head.follow(SEND, page.form(SEND) | paper("9/BC-SYT", "14/12/2024"))
    assert "Đã gửi báo cáo năm cho cơ quan thường trực." in page.text
    assert "9/BC-SYT, 14/12/2024" in page.text
    # What is sent is not changed until it comes back.
    refused = head.post(WRITE, {"next": "Khác"}, status=409)
    assert "đã gửi" in refused.text.lower()

    judge = half.reader("cv.so-ldtbxh", "2024-12-16")
    form = {"seen_version": judge.get(PAGE).form(JUDGE)["seen_version"]}
    assert "lý do" in judge.post(JUDGE, form | {"reason": " "}, status=422).errors[0]
    judge.post(JUDGE, form | {"reason": "Thiếu số liệu giải ngân"})
    judge.post(JUDGE, form | {"accepted": "yes"}, status=409)

    head = half.reader("gd.so-y-te", "2024-12-18")
    page = head.get(PAGE)
    assert "Thiếu số liệu giải ngân" in page.text
    head.post(SEND, page.form(SEND) | paper("11/BC-SYT", "18/12/2024"))
    judge = half.reader("cv.so-ldtbxh", "2024-12-19")
    page = judge.follow(JUDGE, judge.get(PAGE).form(JUDGE))
    assert "Đã ghi kết quả tiếp nhận báo cáo." in page.text
    assert "11/BC-SYT, 18/12/2024" in page.text
    assert NEXT in page.text
    with half.reading() as conn:
        row = conn.execute(select(AGENCY_REPORT)).mappings().one()
    assert (row["state"], row["late_days"], row["return_count"]) == ("accepted", 0, 1)


def words_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*cells, *(p.text for p in document.paragraphs)])


def test_money_is_asked_allocated_and_disbursed_by_those_who_may(half: House) -> None:
    chest = half.reader("kh.so-tai-chinh", "2024-12-02")
    page = chest.get(PAGE)
    assert "Cơ quan chưa đề nghị dự toán." in page.text
    assert not page.all("form", action=BUDGET)
    chest.post(BUDGET, {"allocated": "900"}, status=422)
    mine = half.reader("cv.so-y-te", "2024-12-02")
    mine.post(BUDGET, {"asked": "1.250,5"})
    chest = half.reader("kh.so-tai-chinh", "2024-12-03")
    chest.post(BUDGET, chest.get(PAGE).form(BUDGET) | {"allocated": "1.000"})
    mine = half.reader("cv.so-y-te", "2024-12-04")
    page = mine.follow(BUDGET, {"disbursed": "4.600"})
    assert "1.250,5" in page.text
    assert "4.600" in page.text

    for sent, field, sentence in (
        ({"asked": "một tỷ"}, "asked", "“một tỷ” không phải là số"),
        ({"disbursed": "-5"}, "disbursed", "ngoài khoảng cho phép: ≥ 0 triệu đồng"),
    ):
        page = mine.post(BUDGET, sent, status=422)
        assert [sentence in e for e in page.errors] == [True]
        assert page.all("p", id=f"error-{field}")
        assert page.form(BUDGET)[field] == sent[field]
    for who, sent in (
        ("cv.so-y-te", {"allocated": "9"}),
        ("kh.so-tai-chinh", {"allocated": "9", "asked": "9"}),
        ("cv.so-ldtbxh", {"asked": "9"}),
    ):
        half.reader(who, "2024-12-05").post(BUDGET, sent, status=409)
    with half.reading() as conn:
        lines = conn.execute(select(BUDGET_LINE).order_by(BUDGET_LINE.c.number)).mappings().all()
    assert [(x["asked"], x["allocated"], x["disbursed"]) for x in lines] == [
        ("1250.5", None, None), ("1250.5", "1000", None), ("1250.5", "1000", "4600"),
    ]  # fmt: skip


def test_a_slip_in_one_form_leaves_the_others_as_they_were(half: House) -> None:
    """Three forms share the page: a wrong number below must not empty the text above."""
    mine = half.reader("cv.so-y-te", "2024-12-02")
    mine.post(WRITE, {"next": NEXT})

    page = mine.post(BUDGET, {"asked": "một tỷ"}, status=422)

    assert page.form(WRITE)["next"] == NEXT
    page = mine.post(PLAN, paper("3/KH-SYT", "31/02/2024"), status=422)
    assert "Ngày văn bản" in page.errors[0]
    assert page.form(PLAN)["document_notation"] == "3/KH-SYT"
    assert page.form(WRITE)["next"] == NEXT
    page = mine.follow(PLAN, paper("3/KH-SYT", "15/01/2024"))
    assert "3/KH-SYT, 15/01/2024" in page.text
    with half.reading() as conn:
        texts = conn.execute(select(AGENCY_REPORT.c.texts)).scalar_one()
    assert json.loads(texts) == {"next": NEXT}
    outside = mine.post("/agencies/so-y-te/years/1999/plan", paper("3/KH-SYT", "15/01/2024"), 409)
    assert "Năm nằm ngoài kế hoạch" in outside.text
