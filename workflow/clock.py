"""The one clock of the house. Everybody else is told the time."""

from datetime import UTC, date, datetime, timedelta

from workflow.law.deadlines import local_day


class Clock:
    """Real time plus a fixed offset (seconds) that only the demo may have."""

    def __init__(self, offset: float = 0.0) -> None:
        self._offset = timedelta(seconds=offset)

    def now(self) -> datetime:
        """This instant, aware UTC."""
        return datetime.now(UTC) + self._offset

    def today(self) -> date:
        """This day in Vietnam."""
        return local_day(self.now())
