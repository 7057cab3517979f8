"""What a ruling on a conflict holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from web.forms import LONGEST_TEXT, DocumentForm, Words
from workflow.commands.plans import RuleConflict


class Ruling(DocumentForm):
    """How a disagreement of the document is to be read, and the document that says so."""

    text: Annotated[Words, Field(max_length=LONGEST_TEXT)]

    words: ClassVar[Mapping[str, str]] = {"text": "ý kiến xử lý"}

    def command(self, conflict_id: int) -> RuleConflict:
        """What is asked of the door."""
        return RuleConflict(conflict_id, self.text, self.document(), self.seen_version)
