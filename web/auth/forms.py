"""What signing in asks for."""

from typing import Literal

from web.forms import Form, MaybeWords, Password, Words


class SignInForm(Form):
    login: Words
    password: Password
    next: MaybeWords = ""


class LanguageForm(Form):
    language: Literal["vi", "en"]
    next: MaybeWords = ""
