"""What one's own account asks for."""

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from web.forms import Form, Password


class PasswordForm(Form):
    current_password: Password
    new_password: Password
    new_password_again: Password

    @model_validator(mode="after")
    def the_same(self) -> "PasswordForm":
        if self.new_password != self.new_password_again:
            raise PydanticCustomError(
                "password_differs", "typed differently", {"field": "new_password_again"}
            )
        return self


class ThemeForm(Form):
    theme: Literal["system", "light", "dark"]


class ShortcutsForm(Form):
    shortcuts: Literal["on", "off"]


class EndSessionForm(Form):
    pass
