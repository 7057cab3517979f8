"""Audit entries told as Vietnamese sentences."""

from sqlalchemy import Connection

from workflow.law.errors import Stale
from workflow.law.facts import ActorFacts


def since(conn: Connection, actor: ActorFacts, stale: Stale) -> list[str]:
    """What has changed since somebody looked."""
    return []
