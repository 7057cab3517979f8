"""The settings about coming in: what they are when nobody says, and what is refused."""

from pathlib import Path

import pytest

from config import BadSettings, Settings, from_env


def read(home: Path, **env: str) -> Settings:
    key = home / "key"
    key.write_text("k" * 64, encoding="ascii")
    return from_env({"DONDOC_HOME": str(home), "DONDOC_SECRET_KEY_FILE": str(key)} | env)


def test_a_session_in_production_ends_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    assert read(tmp_path, DONDOC_PROFILE="production").idle_minutes == 15
    assert read(tmp_path, DONDOC_PROFILE="demo").idle_minutes == 8 * 60
    assert read(tmp_path, DONDOC_IDLE_MINUTES="5").idle_minutes == 5


def test_no_proxy_is_believed_unless_it_is_named(tmp_path: Path) -> None:
    assert read(tmp_path).proxy_hops == 0
    assert read(tmp_path, DONDOC_PROXY_HOPS="2").proxy_hops == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DONDOC_IDLE_MINUTES", "0"),
        ("DONDOC_IDLE_MINUTES", "721"),
        ("DONDOC_IDLE_MINUTES", "fifteen"),
        ("DONDOC_PROXY_HOPS", "-1"),
        ("DONDOC_PROXY_HOPS", "6"),
    ],
)
def test_a_number_out_of_bounds_is_said(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSettings) as bad:
        read(tmp_path, **{name: value})

    assert [problem.split(":")[0] for problem in bad.value.problems] == [name]


@pytest.mark.parametrize(
    "url",
    ["http://x", "smtp://", "mail.example:25", "smtp://mail:99999", "smtp://[x", "smtp://m:0"],
)
def test_a_mail_server_that_cannot_be_one_is_said_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings) as bad:
        read(tmp_path, DONDOC_SMTP_URL=url)

    assert [problem.split(":")[0] for problem in bad.value.problems] == ["DONDOC_SMTP_URL"]


@pytest.mark.parametrize(
    "url",
    ["smtp://mail", "smtps://u:p@mail.example:465?from=a@b.vn", "smtp+starttls://[::1]:587"],
)
def test_a_mail_server_is_taken_as_it_is_written(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, DONDOC_SMTP_URL=url).smtp_url == url


def test_the_key_is_asked_for_only_when_nothing_else_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as bad:
        from_env({"DONDOC_HOME": str(tmp_path), "DONDOC_DATABASE_URL": "mysql://x"})

    assert [problem.split(":")[0] for problem in bad.value.problems] == ["DONDOC_DATABASE_URL"]


def test_a_key_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("khóa " * 10, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for name, why in (("words", "không phải ASCII"), ("folder", "")):
        with pytest.raises(BadSettings) as bad:
            from_env({"DONDOC_HOME": str(tmp_path), "DONDOC_SECRET_KEY_FILE": str(tmp_path / name)})

        [problem] = bad.value.problems
        assert problem.startswith(
            f"DONDOC_SECRET_KEY_FILE: không dùng được tệp {tmp_path / name} ("
        )
        assert why in problem


def test_who_only_names_a_database_is_told_that_this_is_production(tmp_path: Path) -> None:
    named = {"DONDOC_HOME": str(tmp_path), "DONDOC_DATABASE_URL": "postgresql://127.0.0.1/x"}
    with pytest.raises(BadSettings) as bad:
        from_env(named)
    [problem] = bad.value.problems
    assert problem.startswith("DONDOC_SECRET_KEY_FILE")
    assert "DONDOC_PROFILE=demo" in problem

    with pytest.raises(BadSettings) as bad:
        from_env(named | {"DONDOC_PROFILE": "production"})
    assert "DONDOC_PROFILE=demo" not in bad.value.problems[0]
