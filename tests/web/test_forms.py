"""Reading forms: every kind of field, every complaint in Vietnamese, nothing unexpected taken."""

import importlib
import pkgutil
from datetime import date
from typing import Annotated, Literal, get_origin

import pytest
from flask import Flask
from flask_babel import Babel
from pydantic import Field
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

import web
from models.states import Capacity
from web import forms
from workflow.law.errors import Reason, Refusal, Refused

BABEL = Flask(__name__)
Babel(BABEL)


class Sample(forms.Form):
    words = {"text": "nội dung phối hợp"}  # noqa: RUF012 (declared ClassVar by its parent)

    text: forms.Words
    note: forms.MaybeWords = ""
    why: forms.OptionalLine = None
    day: forms.OptionalDay = None
    due_on: forms.Day
    percent: Annotated[forms.Whole, Field(ge=0, le=100)]
    choice: Literal["a", "b"] = "a"
    is_ready: forms.Ticked = False


GOOD = {"text": "Đã làm", "due_on": "5/1/2026", "percent": "40"}


def read(**sent: str) -> Sample:
    with BABEL.test_request_context():
        return forms.read(Sample, MultiDict(GOOD | sent))


def complaints(**sent: str) -> dict[str, str]:
    with pytest.raises(forms.BadForm) as bad:
        read(**sent)
    return bad.value.state.errors


def test_a_form_is_read_as_people_write() -> None:
    form = read(
        text="  Đã  làm\u00a0xong  ",
        due_on="05.01.2026",
        day="2026-12-14",
        percent="40",
        is_ready="yes",
        csrf_token="anything",
        seen_version="3",
        idempotency_key="abc",
    )

    assert form.text == "Đã  làm xong"
    assert (form.due_on, form.day) == (date(2026, 1, 5), date(2026, 12, 14))
    assert form.percent == 40
    assert form.is_ready
    assert (form.seen_version, form.idempotency_key) == (3, "abc")
    assert (form.note, form.why) == ("", None)


def test_text_is_kept_as_one_letter_a_sign() -> None:
    assert read(text="tie\u0302\u0301n đo\u0323\u0302").text == "tiến độ"


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"text": "  "}, "text", "Chưa nhập nội dung phối hợp."),
        ({"due_on": ""}, "due_on", "Chưa nhập hạn."),
        ({"due_on": "31/02/2026"}, "due_on", "Hạn chưa đúng: nhập ngày/tháng/năm"),
        ({"due_on": "2026/01/05"}, "due_on", "Hạn chưa đúng"),
        ({"percent": "x"}, "percent", "Phần trăm hoàn thành chưa đúng"),
        ({"percent": "1,5"}, "percent", "nhập một số nguyên"),
        ({"percent": "101"}, "percent", "nhiều nhất là 100"),
        ({"percent": "-1"}, "percent", "ít nhất là 0"),
        ({"percent": "nhiều"}, "percent", "nhập một số, ví dụ 1.234,5"),
        ({"why": "x" * 201}, "why", "tối đa 200 ký tự"),
        ({"choice": "c"}, "choice", "chọn một mục trong danh sách"),
    ],
)
def test_a_mistake_names_field_cause_and_remedy(
    sent: dict[str, str], field: str, says: str
) -> None:
    found = complaints(**sent)

    assert list(found) == [field]
    assert says in found[field]


def test_every_mistake_is_told_at_once_and_what_was_typed_comes_back() -> None:
    with BABEL.test_request_context(), pytest.raises(forms.BadForm) as bad:
        forms.read(Sample, MultiDict({"text": "", "due_on": "mai", "percent": "nhiều"}))

    assert set(bad.value.state.errors) == {"text", "due_on", "percent"}
    assert bad.value.state.values["due_on"] == "mai"
    assert bad.value.state.summary[0][0] == "text"


@pytest.mark.parametrize(
    "sent",
    [
        [("is_admin", "1")],
        [("text", "một"), ("text", "hai")],
        [("percent", "1"), ("percent", "1")],
        [("csrf_token", "a"), ("__proto__", "x")],
    ],
)
def test_unknown_and_doubled_fields_are_refused(sent: list[tuple[str, str]]) -> None:
    rest = [(k, v) for k, v in GOOD.items() if k not in dict(sent)]
    with BABEL.test_request_context(), pytest.raises(BadRequest):
        forms.read(Sample, MultiDict(rest + sent))


# --- the document an act rests on --------------------------------------------------------

PAPER = {
    "document_notation": "125/BC-SXD",
    "document_issued_on": "1/3/2026",
    "document_signer_name": "Nguyễn Văn An",
    "document_capacity": "KT",
}


@pytest.mark.parametrize(
    ("notation", "number", "symbol"),
    [
        ("125/BC-SXD", "125", "BC-SXD"),
        ("Số: 125/BC-SXD", "125", "BC-SXD"),
        ("12-BC/TU", "12", "BC/TU"),
        ("86/2019/NQ-HĐND", "86", "2019/NQ-HĐND"),
        ("1234/SLĐTBXH-VP", "1234", "SLĐTBXH"),
        ("45/2019/QH14", "45", "2019/QH14"),
    ],
)
def test_a_document_is_cut_into_number_and_symbol(notation: str, number: str, symbol: str) -> None:
    with BABEL.test_request_context():
        form = forms.read(forms.DocumentForm, MultiDict(PAPER | {"document_notation": notation}))

    document = form.document()

    assert document.number == number
    assert document.symbol.startswith(symbol)
    assert document.notation == notation
    assert (document.issued_on, document.capacity) == (date(2026, 3, 1), Capacity.KT)


@pytest.mark.parametrize("notation", ["125", "BC-SXD", "không số", "125/", "/BC-SXD"])
def test_what_is_no_document_number_is_refused(notation: str) -> None:
    with BABEL.test_request_context(), pytest.raises(forms.BadForm) as bad:
        forms.read(forms.DocumentForm, MultiDict(PAPER | {"document_notation": notation}))

    assert "ví dụ 125/BC-SXD" in bad.value.state.errors["document_notation"]
    assert bad.value.state.errors["document_notation"].startswith("Số, ký hiệu văn bản")


# --- what the law says about fields ------------------------------------------------------


def test_the_laws_complaints_stand_beside_their_fields() -> None:
    refused = Refused(
        Refusal(Reason.MISSING, {"field": "reason"}), Refusal(Reason.DOCUMENT_IN_FUTURE)
    )
    with BABEL.test_request_context():
        state = forms.state_of(refused, {"reason": "", "document_issued_on": "1/1/2030"})

    assert state is not None
    assert list(state.errors) == ["reason", "document_issued_on"]
    assert state.values["document_issued_on"] == "1/1/2030"


def test_a_refusal_that_is_about_no_field_is_a_page_of_its_own() -> None:
    refused = Refused(Refusal(Reason.MISSING, {"field": "reason"}), Refusal(Reason.OWN_WORK))
    with BABEL.test_request_context():
        assert forms.state_of(refused, {"reason": ""}) is None


def test_no_password_is_ever_shown_back() -> None:
    sent = MultiDict(
        {"password": "bí mật 1", "current_password": "bí mật 2", "new_password": "bí mật 3",
         "new_password_again": "bí mật 4", "csrf_token": "bí mật 5", "text": "không bí mật"}
    )  # fmt: skip
    refused = Refused(Refusal(Reason.WRONG_PASSWORD))
    with BABEL.test_request_context():
        shown = forms.kept(sent)
        state = forms.state_of(refused, sent)

    assert shown == [("Nội dung", "không bí mật")]
    assert state is not None
    assert "bí mật 1" not in str(state.values)


# --- every form of the house -------------------------------------------------------------


def every_form() -> list[type[forms.Form]]:
    """Every model of a form in a view or beside one."""
    for folder in pkgutil.iter_modules(web.__path__):
        for part in ("forms", "views"):
            name = f"web.{folder.name}.{part}"
            if folder.ispkg and importlib.util.find_spec(name):
                importlib.import_module(name)
    found: list[type[forms.Form]] = []
    waiting = [forms.Form]
    while waiting:
        form = waiting.pop()
        found.append(form)
        waiting.extend(form.__subclasses__())
    return [form for form in found if form.__module__.startswith("web.")]


def is_typed(form: type[forms.Form], name: str) -> bool:
    """A box to tick, a button or a hidden number is never typed, so never wrong in a way a person
    could mend."""
    annotation = form.model_fields[name].annotation
    return annotation not in (bool, int) and get_origin(annotation) not in (tuple, Literal)


NASTY = (
    *("", " ", "x", "yes", "-1", "0", "9" * 40, "1e9", "NaN", "31/02/2026", "x" * 25_000),
    *("\u0000", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "∞"),
)


@pytest.mark.parametrize("value", NASTY, ids=lambda value: repr(value[:12]))
def test_no_form_of_the_house_is_at_a_loss_for_words(value: str) -> None:
    for form in every_form():
        sent = MultiDict(dict.fromkeys(set(form.model_fields) - forms.HIDDEN, value))
        with BABEL.test_request_context():
            try:
                forms.read(form, sent)
            except forms.BadForm as bad:
                for name, said in bad.state.errors.items():
                    assert said[0].isupper() or not said[0].isalpha(), (form, name, said)
                    assert said.endswith("."), (form, name, said)
                    assert "%(" not in said


@pytest.mark.parametrize(
    "sent", [{"seen_version": "mới"}, {"seen_version": "9" * 40}, {"idempotency_key": "x" * 65}]
)
def test_a_hidden_field_is_nothing_to_mend(sent: dict[str, str]) -> None:
    with pytest.raises(forms.Odd) as odd:
        read(**sent)

    with BABEL.test_request_context():
        (name,) = sent
        assert odd.value.sentence.startswith(f"Trường ẩn “{name}” không còn như trang đã ghi")


def test_every_field_of_every_form_has_a_name_people_know() -> None:
    nameless = {
        name
        for form in every_form()
        for name in form.model_fields
        if name not in forms.HIDDEN
        and is_typed(form, name)
        and forms._name_of(name, form.words) == name
    }

    hidden = {
        "back", "decisions", "detach", "message_id", "next", "place", "seen_draft", "sha256"
    }  # fmt: skip
    assert nameless <= hidden
