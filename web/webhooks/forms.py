"""What the administrator fills in about a system that is told."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from web.forms import Form, Line, Words


class WebhookForm(Form):
    webhook: Line
    url: Annotated[Words, Field(max_length=500)]


class RemovalForm(Form):
    reason: Annotated[Words, Field(max_length=2000)]

    words: ClassVar[Mapping[str, str]] = {"reason": "lý do gỡ"}
