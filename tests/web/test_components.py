"""The words and shapes of the interface: filters, badges, assets, the menu, the components page."""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from models.states import CycleState, Disposition, DueClass, Role
from web import assets, badges, filters, navigation
from web.components import examples
from workflow.law.facts import ActorFacts, MembershipFacts

TODAY = date(2026, 11, 23)
CSS = Path(__file__).parents[2] / "static" / "css"


# --- filters -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (date(2026, 1, 5), "05/01/2026"),
        (datetime(2026, 12, 14, 16, 59, tzinfo=UTC), "14/12/2026"),
        (datetime(2026, 12, 14, 17, 0, tzinfo=UTC), "15/12/2026"),
    ],
)
def test_a_day_is_written_day_first(value: date | None, shown: str) -> None:
    assert filters.day(value) == shown


def test_a_moment_is_shown_on_the_clocks_of_vietnam() -> None:
    assert filters.moment(datetime(2026, 1, 5, 7, 30, tzinfo=UTC)) == "14:30 05/01/2026"
    assert filters.moment(None) == "—"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.moment(datetime(2026, 1, 5, 7, 30))  # noqa: DTZ001 (what is refused)


def test_the_machine_readable_form_keeps_the_zone() -> None:
    assert filters.iso(datetime(2026, 1, 5, 7, 30, tzinfo=UTC)) == "2026-01-05T14:30:00+07:00"
    assert filters.iso(date(2026, 1, 5)) == "2026-01-05"


def test_the_long_day_names_the_weekday() -> None:
    assert filters.long_day(date(2026, 12, 14)) == "thứ Hai, 14/12/2026"
    assert filters.long_day(date(2025, 12, 14)) == "Chủ nhật, 14/12/2025"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0, None, "0"),
        (4600, None, "4.600"),
        (1234567.89, None, "1.234.567,89"),
        (Decimal("99.5"), None, "99,5"),
        (98.625, 2, "98,63"),
        (None, None, "—"),
    ],
)
def test_numbers_have_dots_for_thousands(
    value: float | None, decimals: int | None, shown: str
) -> None:
    assert filters.number(value, decimals) == shown


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert filters.percent(16_051, 16_274, 2) == "98,63%"
    assert filters.percent(0, 0) == "—"


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (40, "còn 40 ngày", ""),
        (8, "còn 8 ngày", ""),
        (7, "còn 7 ngày", "tone-orange"),
        (1, "còn 1 ngày", "tone-orange"),
        (0, "hạn hôm nay", "tone-orange"),
        (-1, "quá hạn 1 ngày", "tone-red"),
        (-12, "quá hạn 12 ngày", "tone-red"),
        (None, "không hạn", ""),
    ],
)
def test_what_is_left_is_said_in_days(days: int | None, words: str, tone: str) -> None:
    due_on = None if days is None else TODAY + timedelta(days=days)

    assert filters.days_left(due_on, TODAY) == words
    assert filters.due_tone(due_on, TODAY) == tone


def test_only_the_overdue_is_red() -> None:
    tones = {badges.badge_of(e.state, e.due_class, e.late_days).tone: e for e in examples.badges()}

    assert tones["red"].due_class is DueClass.OVERDUE
    assert sum(b.due_class is DueClass.OVERDUE for b in examples.badges()) == 2


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, "—"),
        (TODAY, "hôm nay"),
        (TODAY - timedelta(days=1), "hôm qua"),
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), "2 ngày trước"),
    ],
)
def test_how_long_ago(at: date | None, words: str) -> None:
    assert filters.ago(at, TODAY) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (48_210, "47 KB"),
        (1_023_999, "1 MB"),
        (1_482_113, "1,4 MB"),
        (20 * 1024 * 1024, "20 MB"),
    ],
)
def test_a_size_is_said_as_officers_say_it(value: int, shown: str) -> None:
    assert filters.size(value) == shown


def test_a_digest_shows_both_ends() -> None:
    assert filters.digest("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08") == (
        "9f86d081…0a08"
    )
    assert filters.digest(None) == "—"


def test_a_comparison_loses_no_word() -> None:
    old, new = examples.OLD_WORDS, examples.NEW_WORDS

    pieces = filters.compare(old, new)

    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new
    assert {p.kind for p in pieces} == {"same", "added", "removed"}
    assert [p.kind for p in filters.compare(old, old)] == ["same"]


def test_the_segments_of_a_bar_fill_it() -> None:
    segments = filters.shares(examples.PARTS)

    assert [tone for tone, _, _ in segments] == [p.tone for p in examples.PARTS]
    assert sum(width for _, _, width in segments) == pytest.approx(100, abs=0.01)
    assert filters.shares([]) == []


# --- badges ------------------------------------------------------------------------------

EXPECTED = {
    ("assigned", "on_track"): ("Đã giao", "Trong hạn", "grey", "state-assigned"),
    ("assigned", "due_soon"): ("Đã giao", "Sắp đến hạn", "orange", "state-due-soon"),
    ("assigned", "overdue"): ("Đã giao", "Quá hạn 12 ngày", "red", "state-overdue"),
    ("assigned", "no_deadline"): ("Đã giao", "Không hạn", "grey", "state-assigned"),
    ("in_progress", "on_track"): ("Đang thực hiện", "Trong hạn", "blue", "state-in-progress"),
    ("in_progress", "due_soon"): ("Đang thực hiện", "Sắp đến hạn", "orange", "state-due-soon"),
    ("in_progress", "overdue"): ("Đang thực hiện", "Quá hạn 12 ngày", "red", "state-overdue"),
    ("in_progress", "no_deadline"): ("Đang thực hiện", "Không hạn", "blue", "state-in-progress"),
    ("reported", "done_on_time"): (
        "Đã báo cáo – chờ xác nhận",
        "Đúng hạn",
        "purple",
        "state-reported",
    ),
    ("reported", "done_late"): (
        "Đã báo cáo – chờ xác nhận",
        "Quá hạn (5 ngày)",
        "purple",
        "state-reported",
    ),
    ("verified", "done_on_time"): ("Đã xác nhận kết quả", "Đúng hạn", "green", "state-verified"),
    ("verified", "done_late"): (
        "Đã xác nhận kết quả",
        "Quá hạn (5 ngày)",
        "brown",
        "state-verified",
    ),
    ("completed", "done_on_time"): ("Hoàn thành", "Đúng hạn", "green", "state-completed"),
    ("completed", "done_late"): (
        "Hoàn thành",
        "Quá hạn (5 ngày)",
        "brown",
        "state-completed-late",
    ),
}


@pytest.mark.parametrize(
    "example", examples.badges()[:-2], ids=lambda e: f"{e.state}-{e.due_class}"
)
def test_every_state_and_deadline_has_its_badge(example: examples.BadgeExample) -> None:
    badge = badges.badge_of(example.state, example.due_class, example.late_days)

    expected = EXPECTED[example.state, example.due_class]
    assert (badge.word, badge.more, badge.tone, badge.icon) == expected


def test_the_examples_leave_no_badge_out() -> None:
    assert len(examples.badges()) == len(EXPECTED) + 2


@pytest.mark.parametrize("disposition", [Disposition.ON_HOLD, Disposition.CLOSED_BY_DOCUMENT])
def test_a_hold_stands_beside_the_state(disposition: Disposition) -> None:
    badge = badges.badge_of("in_progress", "overdue", 12, disposition)

    assert (badge.tone, badge.more, badge.aside) == ("grey", "Đang thực hiện", True)


def test_two_badges_of_one_word_differ_in_symbol_or_words_not_only_in_colour() -> None:
    made = [badges.badge_of(e.state, e.due_class, e.late_days) for e in examples.badges()]

    for one, other in combinations(made, 2):
        if one.tone != other.tone:
            assert (one.icon, one.word, one.more) != (other.icon, other.word, other.more)


def test_the_tracker_forgets_what_lies_ahead() -> None:
    """A returned report is not reported any more, whatever an earlier round says."""
    reached = examples.trackers()[-1].reached

    steps = badges.steps_of(CycleState.IN_PROGRESS, reached, late_days=5)

    assert [s.place for s in steps] == ["done", "now", "to_come", "to_come", "to_come"]
    assert [s.at is not None for s in steps] == [True, True, False, False, False]
    assert all(s.late_days is None for s in steps)


def test_the_tracker_of_a_completed_cycle_is_all_behind() -> None:
    steps = badges.steps_of(CycleState.COMPLETED, examples.trackers()[-1].reached, late_days=5)

    assert {s.place for s in steps} == {"done"}
    assert [s.late_days for s in steps] == [None, None, 5, None, None]


# --- contrast ----------------------------------------------------------------------------


def _tokens(name: str) -> dict[str, str]:
    text = (CSS / name).read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", text))


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


THEMES = {
    "light": _tokens("tokens.css"),
    "dark": _tokens("tokens.css") | _tokens("tokens-dark.css"),
}
TEXT_PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "primary", "caution")
    for ground in ("desk", "paper", "sunk", "hover")
] + [
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("primary", "primary-soft"),
    ("ink", "primary-soft"),
    ("ink", "selection"),
    ("caution", "caution-soft"),
    ("ink", "caution-soft"),
    ("ink", "added-ground"),
    ("ink-2", "removed-ground"),
    ("red-text", "paper"),
    ("red-text", "hover"),
    ("orange-text", "paper"),
    ("orange-text", "hover"),
    ("brown-text", "paper"),
    *((f"{tone}-text", f"{tone}-ground") for tone in badges.TONES),
]
LINE_PAIRS = [("control", "paper"), ("control", "sunk"), ("focus", "desk"), ("focus", "paper")]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    tokens = THEMES[theme]

    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_the_edge_of_a_control_can_be_seen(theme: str, line: str, ground: str) -> None:
    tokens = THEMES[theme]

    assert contrast(tokens[line], tokens[ground]) >= 3


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# --- assets, menu, page ------------------------------------------------------------------


@pytest.fixture
def small_app() -> Iterator[Flask]:
    """Flask with static files and nothing else: no database is asked for."""
    app = Flask(__name__, static_folder=None)
    app.config["SECRET_KEY"] = "only for this test"
    Babel(app, default_locale="vi")
    assets.init_app(app)
    return app


def test_an_asset_is_named_by_its_content_and_kept_for_ever(small_app: Flask) -> None:
    with small_app.test_request_context():
        url = assets.Assets().url("css/tokens.css")

    answer = small_app.test_client().get(url)

    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == assets.FOR_EVER


def test_an_old_or_missing_fingerprint_is_asked_again(small_app: Flask) -> None:
    client = small_app.test_client()

    for url in ("/static/css/tokens.css", "/static/css/tokens.css?v=000000000000"):
        assert client.get(url).headers["Cache-Control"] == assets.ASK_AGAIN


def test_a_vendored_file_has_its_version_in_its_address(small_app: Flask) -> None:
    with small_app.test_request_context():
        url = assets.Assets().url("vendor/htmx-4.0.1/htmx.min.js")

    answer = small_app.test_client().get(url)

    assert url == "/static/vendor/htmx-4.0.1/htmx.min.js"
    assert answer.headers["Cache-Control"] == assets.FOR_EVER


def test_text_is_packed_for_those_who_can_unpack(small_app: Flask) -> None:
    client = small_app.test_client()

    plain = client.get("/static/css/base.css")
    packed = client.get("/static/css/base.css", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_what_the_browser_has_is_not_sent_again(small_app: Flask) -> None:
    client = small_app.test_client()
    first = client.get("/static/css/base.css")

    again = client.get("/static/css/base.css", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize(
    "path", ["vendor/manifest.json", "../wsgi.py", "css/nothing.css", "css/../../wsgi.py"]
)
def test_an_unlisted_file_is_not_served(small_app: Flask, path: str) -> None:
    assert small_app.test_client().get(f"/static/{path}").status_code in (404, 308)
    with small_app.test_request_context(), pytest.raises(assets.UnlistedAsset):
        assets.Assets().url(path)


STANDING, OTHER = 9, 3


def _actor(*posts: tuple[Role, int]) -> ActorFacts:
    plans = {STANDING: frozenset({1})}
    memberships = (
        MembershipFacts(role, agency, stands_for=plans.get(agency, frozenset()))
        for role, agency in posts
    )
    return ActorFacts(1, "x", "X", tuple(memberships))


FOR_EVERYBODY = {"plans", "audit", "account"}
BUSINESS = navigation.SECTIONS - FOR_EVERYBODY - {"verify", "admin", "inspections"}
READS = BUSINESS - {"excel"}  # a table is filled in by who reports


@pytest.mark.parametrize(
    ("posts", "sections"),
    [
        ([(Role.HEAD, OTHER)], BUSINESS),
        ([(Role.OFFICER, OTHER)], BUSINESS),
        ([(Role.HEAD, STANDING)], BUSINESS | {"verify"}),
        ([(Role.OFFICE, OTHER)], READS | {"verify"}),
        ([(Role.CHAIRMAN, OTHER)], READS),
        ([(Role.INSPECTOR, OTHER)], READS | {"inspections"}),
        ([(Role.AWARD_APPRAISER, OTHER)], READS - {"urge", "calendar"}),
        ([(Role.BUDGET_OFFICER, OTHER)], READS - {"urge", "calendar", "awards"}),
        ([(Role.ADMIN, OTHER)], {"admin"}),
        ([(Role.ADMIN, OTHER), (Role.OFFICER, OTHER)], BUSINESS | {"admin"}),
    ],
)
def test_the_menu_shows_what_a_post_may_enter(
    posts: list[tuple[Role, int]], sections: set[str]
) -> None:
    shown = navigation.places(_actor(*posts), current="plans")

    assert {place.section for place in shown} == sections | FOR_EVERYBODY
    assert [place.section for place in shown if place.is_current] == ["plans"]


def test_the_administrator_alone_has_no_business_in_the_menu() -> None:
    shown = navigation.places(_actor((Role.ADMIN, OTHER)))

    assert not {place.section for place in shown} & BUSINESS


def test_no_line_stands_above_the_first_place_of_a_menu() -> None:
    for role in set(Role) - {Role.SYSTEM}:
        assert not navigation.places(_actor((role, OTHER)))[0].starts_group


def test_every_icon_named_in_a_template_or_in_the_menu_is_in_the_sprite() -> None:
    sprite = (CSS.parent / "img" / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {entry.icon for entry in navigation.ENTRIES}
    for template in (CSS.parents[1] / "templates").rglob("*.html"):
        named |= set(re.findall(r'icon\("([a-z-]+)"[,)]', template.read_text(encoding="utf-8")))
        named |= set(re.findall(r'icon_name="([a-z-]+)"', template.read_text(encoding="utf-8")))

    assert named <= drawn
