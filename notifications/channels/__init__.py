"""The ways out: a channel takes an envelope and says how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Envelope:
    """A mail ready to go. The same message has the same id however often it is tried."""

    message_id: str
    address: str
    name: str
    subject: str
    text: str
    html: str
    references: Sequence[str] = ()


class Failed(Exception):
    """It did not go out this time."""

    is_permanent = False
    is_channel = False  # not this mail's fault: nothing else will go through either
    is_cut = False  # the line broke under it: perhaps it arrived, perhaps it is the server


class TryLater(Failed):
    """A passing trouble of this mail."""


class Cut(TryLater):
    """Nobody answered any more; it may have arrived. The same id goes out again later."""

    is_cut = True


class Refused(Failed):
    """It will never go out."""

    is_permanent = True


class ChannelDown(Failed):
    """Nobody answers, or the server does not know us."""

    is_channel = True


class Channel(Protocol):
    """Sends one envelope after the other over what it opens once."""

    def send(self, envelope: Envelope) -> None:
        """Returns when the other side has taken it over; raises Failed otherwise."""

    def close(self) -> None: ...
