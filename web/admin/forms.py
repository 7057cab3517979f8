"""What the administrator fills in."""

from typing import Annotated

from pydantic import Field

from models.states import Role
from web.forms import Day, Form, Line, OptionalDay, OptionalLine, Words

Reason = Annotated[Words, Field(max_length=2000)]


class PersonForm(Form):
    name: Line
    post: Line
    email: OptionalLine = None


class NewPersonForm(PersonForm):
    login: Line
    agency_code: Line
    role: Role
    valid_from: Day


class MembershipForm(Form):
    agency_code: Line
    role: Role
    valid_from: Day
    valid_to: OptionalDay = None


class EndMembershipForm(Form):
    last_day: Day
    reason: Reason


class ReasonForm(Form):
    reason: Reason


class NothingForm(Form):
    """A button: nothing but the hidden fields."""
