"""Passwords, sign-in names and networks: what is taken and what is refused, and why."""

import unicodedata

import pytest
from argon2 import PasswordHasher

from tools import common_passwords as tool
from workflow import identity
from workflow.law.errors import Reason, Refused

LOGIN = "gd.so-xay-dung"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ngan", "too_short"),
        ("a" * 11, "too_short"),
        ("x" * 201, "too_long"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("2026202620262026", "common"),
        ("abcdefghijklmnop", "common"),
        ("matkhau123456", "common"),
        ("Mật khẩu 2026!", "common"),
        ("P@ssw0rd2026", "common"),
        ("nguyenvanan1990", "common"),
        ("vietnamvietnam", "common"),
        ("gd.so-xay-dung", "login"),
        ("GD.SO-XAY-DUNG-2026", "login"),
        ("mưa nắng thuyền lưới", None),
        ("cau-vong-sau-mua-2026", None),
        ("Zw9#kd02Lm!x", None),
    ],
)
def test_a_password_is_weighed(password: str, why: str | None) -> None:
    assert identity.weakness(password, LOGIN) == why


def test_the_list_of_common_passwords_is_long_enough_and_the_one_its_tool_writes() -> None:
    shipped = tool.TARGET.read_text(encoding="ascii").split()

    assert len(shipped) >= 3000
    assert shipped == list(dict.fromkeys(tool.words()))


def test_a_hash_is_argon2id_with_the_settings_of_owasp_and_never_weak() -> None:
    made = identity.new_hash("mưa nắng thuyền lưới", LOGIN)

    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with pytest.raises(Refused) as refused:
        identity.new_hash("matkhau123456", LOGIN)
    assert refused.value.refusals[0].reason is Reason.WEAK_PASSWORD


def test_a_password_typed_with_combining_marks_is_the_same_password() -> None:
    made = identity.new_hash("mưa nắng thuyền lưới", LOGIN)

    assert identity.matches(made, unicodedata.normalize("NFD", "mưa nắng thuyền lưới"))
    assert not identity.matches(made, "mua nang thuyen luoi")


def test_without_a_hash_nothing_matches_but_a_hash_is_tried_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def verify(self, password_hash: str, password: str) -> bool:
            tried.append(password_hash)
            return bool(real.verify(password_hash, password))

    real = identity.HASHER
    monkeypatch.setattr(identity, "HASHER", Watched())

    assert not identity.matches(None, "mưa nắng thuyền lưới")
    assert len(tried) == 1
    assert tried[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_made_with_weaker_settings_is_made_anew() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("thuyền ra khơi xa")

    renewed = identity.renewed(old, "thuyền ra khơi xa")

    assert renewed is not None
    assert identity.matches(renewed, "thuyền ra khơi xa")
    assert identity.renewed(renewed, "thuyền ra khơi xa") is None


def test_an_initial_password_is_strong_and_never_the_same() -> None:
    made = {identity.initial_password() for _ in range(50)}

    assert len(made) == 50
    assert all(identity.weakness(password, LOGIN) is None for password in made)


@pytest.mark.parametrize(
    ("login", "is_one"),
    [
        ("gd.so-xay-dung", True),
        ("admin", True),
        ("a", True),
        ("", False),
        ("a b", False),
        ("-x", False),
        ("x.", False),
        ("giám-đốc", False),
        ("аdmin", False),  # its first letter is Cyrillic
        ("admın", False),  # its i has no dot
        ("admin\u200b", False),
        ("x" * 121, False),
        ("ADMIN", False),
    ],
)
def test_a_sign_in_name_cannot_look_like_another(login: str, is_one: bool) -> None:
    assert identity.is_login(login) is is_one


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.113.7.200", "203.113.7.0/24"),
        ("::ffff:203.113.7.200", "203.113.7.0/24"),
        ("2402:800:6105:1:2:3:4:5", "2402:800:6105:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_wrong_tries_are_counted_by_network(address: str | None, network: str) -> None:
    assert identity.network_of(address) == network


def test_the_pause_comes_with_the_fifth_wrong_try_and_doubles_up_to_a_day() -> None:
    pauses = [identity.pause_after(n) for n in range(1, 40)]

    assert pauses[:4] == [None] * 4
    minutes = [int(p.total_seconds() // 60) for p in pauses if p]
    assert minutes[:6] == [5, 10, 20, 40, 80, 160]
    assert minutes[-1] == 24 * 60
