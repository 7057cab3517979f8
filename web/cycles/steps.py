"""What comes next on a cycle: my own act, or who must act and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import RowMapping

from models.states import CycleState
from web.cycles.acts import ACTS, Act, main_act, other_acts
from web.filters import day, moment
from workflow.dossiers import CycleDossier
from workflow.law.facts import ActorFacts, CycleFacts
from workflow.law.machine import available, who_may
from workflow.law.rules import POST_LABELS
from workflow.law.transitions import PASSAGES, Command


@dataclass(frozen=True)
class Link:
    href: str
    label: str


@dataclass(frozen=True)
class NextStep:
    """The card: what is said, the button, and further acts as links."""

    title: str
    sentence: str
    main: Act | None
    button: Link | None
    others: Sequence[Link]
    may_ask_why: bool

    @property
    def is_asked_here(self) -> bool:
        """A short form stands in the card itself: one click less."""
        return self.main is not None and self.main.command is Command.ACCEPT


def reached(entries: Sequence[RowMapping]) -> dict[str, tuple[datetime, str]]:
    """When each state was last reached and by whom; entries come newest first."""
    found: dict[str, tuple[datetime, str]] = {}
    for entry in entries:
        moved = entry["to_state"] and entry["to_state"] != entry["from_state"]
        if moved and entry["to_state"] not in found:
            found[entry["to_state"]] = (entry["at"], entry["actor_name"])
    return found


def awaited(facts: CycleFacts) -> Command | None:
    """The command that carries this cycle forward; None when it is completed."""
    if facts.objection and facts.state is CycleState.ASSIGNED:
        return Command.ANSWER_DECLINE
    order = list(CycleState)
    for passage in PASSAGES:
        ahead = passage.target and order.index(passage.target) > order.index(facts.state)
        if facts.state in passage.sources and ahead:
            return passage.command
    return None


def who(command: Command, facts: CycleFacts) -> str:
    """The posts that can do it for this cycle, as they are called."""
    return ", ".join(_(POST_LABELS[post]) for post in who_may(command, facts))


def next_step(dossier: CycleDossier, actor: ActorFacts, today: date) -> NextStep:
    """The card of this person for this cycle today."""
    facts = dossier.found.facts
    mine = available(actor, facts, today)
    main = main_act(mine)
    others = [Link(_href(facts.id, act), act.verb) for act in other_acts(mine, main)]
    if main is None:
        return _waiting(dossier, others)
    if main in (Command.REPORT, Command.SAVE_DRAFT):
        return _reporting(dossier, main, others)
    act = ACTS[main]
    href = url_for("verify.read", cycle_id=facts.id) if _is_verdict(main) else _href(facts.id, act)
    return NextStep(act.title, str(act.consequence), act, Link(href, act.verb), others, False)


def _is_verdict(command: Command) -> bool:
    """A verdict is given beside the report it is about."""
    return command in (Command.VERIFY, Command.APPRAISE)


def _href(cycle_id: int, act: Act) -> str:
    return url_for("cycles.act", cycle_id=cycle_id, segment=act.segment)


def _reporting(dossier: CycleDossier, main: Command, others: Sequence[Link]) -> NextStep:
    """The report is the lead's: written by officers, sent by the head."""
    cycle_id, returned = dossier.found.facts.id, dossier.last_return
    has_words = dossier.draft is not None and bool(dossier.draft["result"])
    write = Link(url_for("cycles.draft", cycle_id=cycle_id), _("Soạn báo cáo"))
    resend_by = dossier.found.row["resend_by"]
    if returned is not None and resend_by:
        title = _("Bổ sung báo cáo bị trả lại")
        sentence = _("Gửi lại trước hết ngày %(day)s.", day=day(resend_by))
    elif main is Command.REPORT:
        title = _("Gửi báo cáo kết quả")
        sentence = _("Soạn, kiểm tra lại rồi gửi. Ngày gửi là căn cứ tính đúng hạn.")
    else:
        title = _("Soạn dự thảo báo cáo")
        sentence = _("Chuyên viên soạn dự thảo; thủ trưởng cơ quan kiểm tra và gửi.")
    # A report that came back is a draft again; nobody has worked on that one yet.
    as_it_came = (
        returned is not None and dossier.draft is not None and dossier.draft["version"] == 1
    )
    if has_words and not as_it_came and main is Command.REPORT:
        check = Link(url_for("cycles.check", cycle_id=cycle_id), _("Kiểm tra và gửi"))
        return NextStep(title, sentence, None, check, [write, *others], False)
    label = _("Bổ sung") if as_it_came else _("Sửa dự thảo") if has_words else write.label
    button = Link(write.href, label)
    return NextStep(title, sentence, None, button, others, False)


def _waiting(dossier: CycleDossier, others: Sequence[Link]) -> NextStep:
    """Nothing for me: who must act, and since when."""
    facts = dossier.found.facts
    command = awaited(facts)
    if command is None:
        return NextStep(
            _("Kỳ thực hiện đã hoàn thành"),
            _("Không còn việc nào phải làm ở kỳ này."),
            None,
            None,
            others,
            False,
        )
    since = reached(dossier.entries).get(facts.state)
    sentence = (
        _("%(who)s làm việc này, từ %(since)s.", who=who(command, facts), since=moment(since[0]))
        if since
        else _("%(who)s làm việc này.", who=who(command, facts))
    )
    title = _("Chờ: %(act)s", act=str(ACTS[command].title))
    return NextStep(title, sentence, None, None, others, command is Command.VERIFY)
