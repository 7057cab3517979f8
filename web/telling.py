"""What the law refuses and the log tells, said to the reader: his language, names kept as names."""

from collections.abc import Iterable

from markupsafe import Markup

from web.db import conn
from web.languages import speak, vi
from web.requires import me
from workflow import history, words
from workflow.history import Row
from workflow.law.errors import Refusal, Refused, Stale


def refusal(one: Refusal) -> str:
    """Why not, for one reason."""
    return words.sentence(one, speak, vi)


def refusals(refused: Refused) -> list[str]:
    """Why not, every reason once."""
    return words.sentences(refused, speak, vi)


def tell(entry: Row) -> history.Told:
    """An entry of the log."""
    return history.tell(entry, speak, vi)


def story(entries: Iterable[Row]) -> list[history.Told]:
    """A timeline."""
    return history.story(entries, speak, vi)


def since(stale: Stale) -> list[history.Told]:
    """What has happened to something since this person saw it."""
    return list(history.since(conn(), me(), stale, speak, vi))


def listed(parts: Iterable[str], between: str = ", ") -> str:
    """Several in a row; what is marked stays so."""
    return Markup(between).join(parts)  # noqa: S704 (ours)
