"""Every code of the law has its words, and every word its use."""

import ast
import re

import pytest

from models.states import CycleState, Role
from tests.architecture.house import trees
from workflow import words
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.rules import Post
from workflow.law.transitions import Command

# Values for every particular a sentence may name.
DETAIL = {
    "field": "reason",
    "command": Command.REPORT.value,
    "state": CycleState.ASSIGNED.value,
    "why": "common",
}


def named_fields() -> set[str]:
    """The x of every {"field": "x"} in the house."""
    found = set()
    for _file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and key.value == "field"
                        and isinstance(value, ast.Constant)
                    ):
                        found.add(value.value)
    return found


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_that_ends_like_one(reason: Reason) -> None:
    template = words.SENTENCES[reason]
    names = set(re.findall(r"%\((\w+)\)", template))
    detail = {name: DETAIL.get(name, "12") for name in names}
    if reason is Reason.NOT_A_LADDER:  # its words are made of others
        detail = {"anchor": "before", "days": "30", "fault": "order", "word": "x"}

    said = words.sentence(Refusal(reason, detail | {"limit": "12"} if names else {}))

    assert said[0].isupper() or said[0] in "“%0123456789"
    assert said.endswith((".", "?"))
    assert "%(" not in said


def test_every_field_a_refusal_names_has_a_name() -> None:
    fields = named_fields()

    assert len(fields) > 10
    assert fields - set(words.FIELDS) == set()


def test_every_weakness_of_a_password_has_its_words() -> None:
    assert set(words.WEAKNESSES) == {"too_short", "too_long", "common", "login"}


def test_own_work_is_refused_in_the_words_everybody_knows() -> None:
    refused = Refused(Refusal(Reason.OWN_WORK))

    assert words.sentences(refused) == [
        "Bạn không được xác nhận nhiệm vụ do cơ quan mình chủ trì (xung đột lợi ích)."
    ]


def test_all_reasons_are_said_each_once_and_who_can_instead() -> None:
    refused = Refused(
        Refusal(Reason.NOT_YOUR_ROLE, {"who": f"{Post.LEAD_HEAD} {Post.OFFICE}"}),
        Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.ADMIN.value}),
        Refusal(Reason.WRONG_STATE, {"command": "verify", "state": "assigned"}),
        Refusal(Reason.JUDGED_BY_OFFICE),
    )

    assert words.sentences(refused) == [
        "Vai trò của bạn không được làm việc này.",
        "Không thể “Xác nhận kết quả” khi nhiệm vụ ở trạng thái “Đã giao”.",
        "Nhiệm vụ do cơ quan thường trực chủ trì hoặc đồng chủ trì: "
        "Văn phòng UBND tỉnh xem xét, không phải cơ quan thường trực.",
    ]
    assert words.who_can(refused) == (
        "Thủ trưởng cơ quan chủ trì, Văn phòng UBND tỉnh, Quản trị hệ thống"
    )
    assert words.who_can(Refused(Refusal(Reason.ON_HOLD))) is None


def test_a_sentence_can_be_translated() -> None:
    refused = Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    english = {"Chưa nhập %(field)s.": "Enter the %(field)s.", "lý do": "reason"}

    assert words.sentences(refused, lambda text: english.get(text, text)) == ["Enter the reason."]
