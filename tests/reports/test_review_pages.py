"""A report on its pages: counted, written, submitted, issued, corrected; what is issued stands."""

import hashlib

import pytest

from tests.reports.conftest import House
from tests.web.reader import Page, Reader

JUDGE, OFFICE = "gd.so-ldtbxh", "vp.ubnd-tinh"
FREEZE = {"kind": "year", "year": "2024", "on": "19/12/2024"}
NUMBER = {
    "document_notation": "512/BC-UBND",
    "document_issued_on": "23/12/2024",
    "document_capacity": "KT",
    "document_signer_name": "Trần Văn An",
    "document_signer_post": "Phó Chủ tịch",
}
CAUSES = "Một số nhiệm vụ chờ kinh phí."


def seen(page: Page) -> dict[str, str]:
    """The version this page was written from."""
    (field, *_) = page.all("input", name="seen_version")
    return {"seen_version": field.get("value", "")}


def frozen(house: House, day: str = "2024-12-20", **sent: str) -> tuple[Reader, str]:
    """Somebody of the standing agency at the page of the report he has just begun."""
    reader = house.reader(JUDGE, day)
    return reader, reader.post("/reports/reviews", FREEZE | sent).location


def issued(house: House) -> str:
    reader, where = frozen(house)
    reader.post(f"{where}/submit", seen(reader.get(where)))
    office = house.reader(OFFICE, "2024-12-23")
    office.post(f"{where}/issue", NUMBER | seen(office.get(where)))
    return where


def forms(page: Page) -> set[str]:
    return {(f.get("action") or "").rsplit("/", 1)[1] for f in page.all("form", method="post")}


def test_each_step_offers_the_next_to_whoever_may_take_it(half: House) -> None:
    reader, where = frozen(half, "2024-12-23")

    def offered() -> tuple[set[str], set[str]]:
        steps = {"texts", "submit", "issue"}
        at_judge, at_office = (half.reader(who, "2024-12-23") for who in (JUDGE, OFFICE))
        return forms(at_judge.get(where)) & steps, forms(at_office.get(where)) & steps

    assert offered() == ({"texts", "submit"}, set())
    reader.post(f"{where}/texts", {"causes": CAUSES} | seen(reader.get(where)))
    assert CAUSES in reader.get(where).html
    reader.post(f"{where}/submit", seen(reader.get(where)))
    assert offered() == (set(), {"issue"})
    office = half.reader(OFFICE, "2024-12-23")
    page = office.follow(f"{where}/issue", NUMBER | seen(office.get(where)))
    assert "512/BC-UBND" in page.text
    assert offered() == (set(), set())


def test_what_is_issued_is_the_file_whose_digest_is_shown_and_stays_it(half: House) -> None:
    where = issued(half)
    reader = half.reader(JUDGE, "2024-12-24")
    shown = reader.get(where).text
    before = {}
    for kind in ("docx", "pdf"):
        with reader.client.get(f"{where}/file.{kind}") as answer:
            before[kind] = hashlib.sha256(answer.data).hexdigest()

    assert [digest in shown for digest in before.values()] == [True, True]

    for step in ("texts", "submit", "issue"):
        reader.client.post(f"{where}/{step}", data={"csrf_token": reader.token} | NUMBER).close()
    for kind, digest in before.items():
        with reader.client.get(f"{where}/file.{kind}") as answer:
            assert hashlib.sha256(answer.data).hexdigest() == digest


def test_a_correction_is_a_new_report_with_a_reason(half: House) -> None:
    first = issued(half)
    reader = half.reader(JUDGE, "2025-01-10")

    page = reader.post("/reports/reviews", FREEZE | {"on": ""}, status=422)
    assert any("lý do" in said.lower() for said in page.errors)

    second = reader.post("/reports/reviews", FREEZE | {"reason": "Sai số liệu Sở Y tế."}).location
    assert second != first
    assert "đính chính lần 1" in reader.get(second).text
    assert "512/BC-UBND" in reader.get(first).text


@pytest.mark.parametrize(
    ("typed", "named"), [({"on": "31/13/2024"}, "ngày"), ({"on": "19-12"}, "ngày")]
)
def test_a_wrong_day_comes_back_with_what_was_typed(
    half: House, typed: dict[str, str], named: str
) -> None:
    reader = half.reader(JUDGE, "2024-12-20")

    page = reader.post("/reports/reviews", FREEZE | {"reason": "Vì sao"} | typed, status=422)

    assert any(named in said.lower() for said in page.errors)
    assert page.form("/reports/reviews")["reason"] == "Vì sao"
    assert page.form("/reports/reviews")["on"] == typed["on"]


def test_reports_on_their_way_are_nobody_elses(half: House) -> None:
    _reader, where = frozen(half)

    half.reader("gd.so-y-te", "2024-12-21").get(where, status=404)
    half.reader("admin", "2024-12-21").get(where, status=403)
