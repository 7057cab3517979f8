"""One box finds everything its reader may see, however he types it, and nothing else."""

import pytest
from flask import Flask

from models.states import Role
from tests.demo.conftest import UNTIL, story_app
from tests.visitors import set_clock
from tests.web.reader import Reader
from workflow.identity import actor_by_login
from workflow.law.deadlines import end_of_day
from workflow.search import Kind, search

__all__ = ["story_app"]


@pytest.fixture(scope="module")
def app(story_app: Flask) -> Flask:
    set_clock(story_app, end_of_day(UNTIL))
    return story_app


def found(app: Flask, login: str, query: str) -> dict[Kind, list[str]]:
    with app.extensions["dondoc"].engine.connect() as conn:
        actor = actor_by_login(conn, login, UNTIL)
        groups = search(conn, actor, query, UNTIL)
    return {group.kind: [row.code for row in group.rows] for group in groups}


@pytest.mark.parametrize(
    ("query", "kind", "first"),
    [
        ("III.2.1-a", Kind.TASK, "III.2.1-a"),
        ("iii 2 1 a", Kind.TASK, "III.2.1-a"),
        ("ldtbxh", Kind.AGENCY, "Sở LĐTBXH"),
        ("so xay dung", Kind.AGENCY, "Sở Xây dựng"),
        ("PHU QUY", Kind.AGENCY, "UBND huyện Phú Quý"),
        ("12 nq tu", Kind.CITED, "12-NQ/TU"),
        ("12-NQ/TU", Kind.CITED, "12-NQ/TU"),
        ("MT-01", Kind.CONFLICT, "MT-01"),
    ],
)
def test_it_is_found_as_people_type_it(app: Flask, query: str, kind: Kind, first: str) -> None:
    assert found(app, "gd.so-ldtbxh", query)[kind][0] == first


@pytest.mark.parametrize("query", ["", "   ", "-/-", "%", "qwzx jjk"])
def test_nothing_is_found_by_nothing(app: Flask, query: str) -> None:
    assert found(app, "gd.so-ldtbxh", query) == {}


def test_a_report_is_found_by_its_number_by_those_who_may_read_it(app: Flask) -> None:
    everything = found(app, "gd.so-ldtbxh", "bc")[Kind.DOCUMENT]
    number = everything[0].lower().replace("đ", "d")

    assert everything[0] in found(app, "ttv.thanh-tra-tinh", number)[Kind.DOCUMENT]
    assert Kind.DOCUMENT not in found(app, "admin", number)
    foreign = set(found(app, "cv.ubnd-huyen-phu-quy", "bc").get(Kind.DOCUMENT, []))
    assert not foreign & set(found(app, "gd.so-xay-dung", "bc sxd").get(Kind.DOCUMENT, []))


def test_colleagues_are_found_by_all_and_everybody_by_those_who_judge(app: Flask) -> None:
    with app.extensions["dondoc"].engine.connect() as conn:
        stranger = actor_by_login(conn, "gd.so-xay-dung", UNTIL)
        assert Role.HEAD in stranger.roles
    name = stranger.name

    assert name in found(app, "cv.so-xay-dung", name)[Kind.PERSON]
    for login in ("vp.ubnd-tinh", "ttv.thanh-tra-tinh", "gd.so-ldtbxh", "admin"):
        assert name in found(app, login, name)[Kind.PERSON]
    assert name not in found(app, "gd.so-y-te", name).get(Kind.PERSON, [])


@pytest.mark.parametrize("login", ["cv.so-xay-dung", "ct.ubnd-tinh", "admin"])
def test_every_result_leads_somewhere(app: Flask, login: str) -> None:
    with app.extensions["dondoc"].engine.connect() as conn:
        reader = Reader(app, actor_by_login(conn, login, UNTIL))

    page = reader.get("/search?q=nha+o")
    some = reader.get("/search?q=xay+dung")

    links = {*page.links, *some.links} - {"#main"}
    assert len(links) > 8
    for link in links:
        reader.get(link)


def test_a_page_without_a_question_explains_itself(app: Flask) -> None:
    with app.extensions["dondoc"].engine.connect() as conn:
        reader = Reader(app, actor_by_login(conn, "cv.so-y-te", UNTIL))

    assert "có dấu hay không dấu" in reader.get("/search").html
    assert "Không tìm thấy" in reader.get("/search?q=qwzx jjk").text
