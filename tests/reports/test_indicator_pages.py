"""The page of an indicator: what is typed is read as people write it, or asked back and kept."""

from tests.reports.conftest import House

JOBS, WATER = "/indicators/CT-05", "/indicators/CT-09"
GOOD = {"year": "2024", "kind": "estimate", "value": "4.600", "source": "Báo cáo 45/BC-SLĐTBXH"}
# The page, what is typed otherwise, the field it is said beside, and the sentence.
NONSENSE = (
    (WATER, {"value": "khoảng 99"}, "value", "“khoảng 99” không phải là số"),
    (WATER, {"value": "99,7 tỷ đồng"}, "value", "“99,7 tỷ đồng” không phải là số"),
    (WATER, {"value": "100,1"}, "value", "ngoài khoảng cho phép: 0 – 100 %"),
    (WATER, {"value": "-3"}, "value", "ngoài khoảng cho phép: 0 – 100 %"),
    (JOBS, {"value": "20.000,5"}, "value", "Đơn vị lao động chỉ nhận số nguyên"),
    (WATER, {"value": "99", "year": "2019"}, "year", "phải từ 2020 đến 2024"),
    (WATER, {"value": "99", "year": "2025"}, "year", "phải từ 2020 đến 2024"),
    (WATER, {"value": "99", "year": "năm nay"}, "year", "nhập một số"),
    (WATER, {"value": "99", "kind": "final"}, "kind", "Năm 2024 chưa kết thúc"),
    (WATER, {"value": "99", "kind": "hearsay"}, "kind", "chọn một mục"),
    (WATER, {"value": "99", "source": " "}, "source", "Chưa nhập"),
)


def test_four_thousand_six_hundred_is_said_back_and_waits_for_another(house: House) -> None:
    mine = house.reader("cv.so-ldtbxh", "2024-12-10")

    page = mine.follow(JOBS, GOOD)

    assert "Đã ghi 4.600 cho năm 2024, chờ xác nhận." in page.text
    assert "4.600 (ước)" in page.text
    assert "Xác nhận" not in page.buttons
    other = house.reader("vp.ubnd-tinh", "2024-12-11")
    actions = {f.get("action", "") for f in other.get(JOBS).all("form")}
    (confirm,) = (a for a in actions if a.endswith("/confirm"))
    page = other.follow(confirm, other.get(JOBS).form(confirm))
    assert "Đã xác nhận số liệu." in page.text
    assert "chờ xác nhận" not in page.text


def test_nonsense_is_said_beside_its_field_and_what_was_typed_stays(house: House) -> None:
    desks = {
        JOBS: house.reader("cv.so-ldtbxh", "2024-12-10"),
        WATER: house.reader("cv.so-nnptnt", "2024-12-10"),
    }
    for address, changed, field, sentence in NONSENSE:
        typed = GOOD | {"note": "đếm tay"} | changed

        page = desks[address].post(address, typed, status=422)

        assert [sentence in e for e in page.errors] == [True], (changed, page.errors)
        (beside,) = page.all("p", id=f"error-{field}")
        assert sentence in "".join(beside.itertext())
        again = page.form(address)
        # A kind that is not in the list cannot stay chosen.
        assert {k: v for k, v in typed.items() if again[k] != v and v != "hearsay"} == {}
        assert "Chưa có số liệu nào." in page.text


def test_a_jump_is_asked_back_and_goes_through_when_it_is_meant(house: House) -> None:
    desk = house.reader("cv.so-ldtbxh", "2024-12-10")
    desk.post(JOBS, GOOD | {"year": "2023", "value": "20.000"})
    assert "jump_is_meant" not in desk.get(JOBS).html

    # 40 % less is not yet a jump, one more is.
    page = desk.post(JOBS, GOOD | {"value": "11.999"}, status=422)
    (error,) = page.errors
    for said in ("11.999", "20.000", "40"):
        assert said in error
    again = page.form(JOBS)
    assert again["value"] == "11.999"
    assert "jump_is_meant" not in again, "the answer is given by a person"

    page = desk.follow(JOBS, again | {"jump_is_meant": "yes"})
    assert "Đã ghi 11.999 cho năm 2024" in page.text
    desk.post(JOBS, GOOD | {"kind": "preliminary", "value": "12.000"})


def test_only_who_tracks_it_is_offered_the_form_and_others_are_told_why(house: House) -> None:
    stranger = house.reader("cv.so-y-te", "2024-12-10")

    page = stranger.get(WATER)
    assert not page.all("form", action=WATER)
    refused = stranger.post(WATER, GOOD | {"value": "99"}, status=409)
    assert "Cơ quan của bạn không" in refused.text
    assert "99" in refused.text, "what was typed is shown back"
    house.reader("admin", "2024-12-10").get(WATER, status=403)
    stranger.get("/indicators/CT-99", status=404)
