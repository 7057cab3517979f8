"""What somebody looks for in the log, as it stands in the address of its page."""

from collections.abc import Mapping

from models.states import Role
from workflow import audit, text
from workflow.law.facts import ActorFacts

FILTERS = ("about", "who", "agency", "task", "command", "from", "to", "words")


def wanted_of(
    args: Mapping[str, str], actor: ActorFacts, before: int | None = None
) -> audit.Wanted:
    """The filters of an address. Words inside the entries are for those who inspect."""
    words = args.get("words", "").strip()[:100] if Role.INSPECTOR in actor.roles else ""
    return audit.Wanted(
        about=args.get("about"),
        who=args.get("who", "")[:200].strip() or None,
        agency=args.get("agency") or None,
        task=args.get("task", "").strip()[:60] or None,
        command=args.get("command") or None,
        first_day=text.parse_date(args.get("from", "")),
        last_day=text.parse_date(args.get("to", "")),
        words=words or None,
        before=before,
    )
