"""Somebody who reads pages: asks for them, expects an answer, minds their manners every time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import uuid4

import html5lib
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from lxml import html as fast
from lxml.html import HtmlElement as Element
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.tables import PERSON
from tests.make import password_hash
from workflow import identity
from workflow.commands.people import ChangePassword, SignIn
from workflow.law.facts import ActorFacts

NETWORK = "127.0.0.0/24"
# What a strict parser cannot stumble over: values and words, as long as they hold no entity.
VALUE, WORDS, BLANK = (
    re.compile('="[^"&]*"'),
    re.compile(r">[^<&]*[^<&\s][^<&]*<"),
    re.compile(r"\s+"),
)
_well_formed: set[int] = set()  # the skeletons of pages that a strict parser has read


def read_strictly(page: str) -> None:
    """ParseError for HTML that is not written by the book.

    The parser that knows the book takes thirty times as long as the one that reads the page, and
    most pages of a run differ in nothing it looks at: those are not read again.
    """
    skeleton = hash(BLANK.sub(" ", WORDS.sub(">x<", VALUE.sub('=""', page))))
    if skeleton not in _well_formed:
        html5lib.HTMLParser(strict=True).parse(page)
        _well_formed.add(skeleton)


class Page:
    """An answer with a body that could be read by a strict parser."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.headers = response.headers
        self.data = response.data
        self.html = self.data.decode("utf-8", "replace")
        response.close()

    @cached_property
    def tree(self) -> Element:
        read_strictly(self.html)
        parser = fast.HTMLParser(remove_comments=True, remove_pis=True)
        found: Element = fast.document_fromstring(self.html, parser=parser)
        return found

    def all(self, tag: str, **wanted: str) -> list[Element]:
        attributes = {k.rstrip("_").replace("_", "-"): v for k, v in wanted.items()}
        return [
            element
            for element in self.tree.iter(tag)
            if all(element.get(k) == v for k, v in attributes.items())
        ]

    @property
    def title(self) -> str:
        return words(self.all("title")[0])

    @property
    def h1(self) -> str:
        return words(self.all("h1")[0])

    @property
    def text(self) -> str:
        return words(self.all("main")[0])

    @property
    def links(self) -> dict[str, str]:
        """What the main part leads to: address -> words."""
        return {a.get("href", ""): words(a) for a in self.all("main")[0].iter("a")}

    @property
    def buttons(self) -> list[str]:
        return [words(b) for b in self.all("main")[0].iter("button")]

    def form(self, action: str) -> dict[str, str]:
        """What a browser would send from the form with this action, buttons left out."""
        (form,) = self.all("form", action=action)
        sent: dict[str, str] = {}
        for field in form.iter():
            name, kind = field.get("name"), field.get("type", "")
            if not name or (kind in ("radio", "checkbox") and field.get("checked") is None):
                continue
            if field.tag == "textarea":
                sent[name] = "".join(field.itertext()).removeprefix("\n")
            elif field.tag == "select":
                chosen = [o for o in field.iter("option") if o.get("selected") is not None]
                first = next(field.iter("option"))
                sent[name] = (chosen or [first])[0].get("value", "")
            elif field.tag == "input" and kind not in ("file", "submit"):
                sent[name] = field.get("value", "")
        return sent

    @property
    def errors(self) -> list[str]:
        """The error summary, line by line."""
        (box,) = self.all("div", data_error_summary="")
        return [words(li) for li in box.iter("li")]


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


class Reader:
    """A browser without JavaScript in the hands of one person, or of a stranger."""

    def __init__(self, app: Flask, who: ActorFacts | None = None) -> None:
        self.app, self.who = app, who
        self.client = app.test_client()
        if who is not None:
            self._sign_in(who)

    def _sign_in(self, who: ActorFacts) -> None:
        services = self.app.extensions["dondoc"]
        with services.engine.connect() as conn:
            account = conn.execute(
                select(PERSON.c.version, PERSON.c.must_change_password).where(
                    PERSON.c.id == who.person_id
                )
            ).one()
        token = identity.new_token()
        digest, person_id = identity.digest_of(token), who.person_id or 0
        come_in: Any = SignIn(person_id, account.version, digest, NETWORK, "reader")
        if account.must_change_password:
            come_in = ChangePassword(
                person_id, password_hash(), account.version, digest, NETWORK, "reader"
            )
        services.door.perform(come_in, who, services.clock.now())
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True

    def get(self, path: str, status: int = 200) -> Page:
        page = Page(self.client.get(path))
        assert page.status == status, f"{path}: {page.status}\n{page.html[:2000]}"
        if "text/html" in page.headers["Content-Type"] and status not in (302, 303):
            mind_the_manners(page)
        return page

    @cached_property
    def token(self) -> str:
        """The token of this session, made of its cookie. A Visitor reads his from a page."""
        with self.client.session_transaction() as cookie:
            kept = cookie.setdefault("csrf_token", uuid4().hex)
        token = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps(kept)
        return str(token)

    def post(self, path: str, sent: Mapping[str, Any] | None = None, status: int = 303) -> Page:
        """Send a form; the token and a new key come with it unless they are given."""
        body = {"csrf_token": self.token, "idempotency_key": uuid4().hex, **(sent or {})}
        page = Page(self.client.post(path, data=body))
        assert page.status == status, f"{path}: {page.status}\n{page.html[:3000]}"
        if status != 303:
            mind_the_manners(page)
        return page

    def follow(self, path: str, sent: Mapping[str, Any] | None = None) -> Page:
        """Send a form and read where it leads."""
        return self.get(self.post(path, sent).location)


def mind_the_manners(page: Page) -> None:
    """What is true of every page of the house."""
    assert len(page.all("h1")) == 1
    title = page.title.removeprefix("Lỗi: ")
    assert title.endswith(" — Đôn Đốc")
    assert title.startswith(page.h1)
    assert page.all("html")[0].get("lang") == "vi"
    assert len(page.all("main")) == 1
    ids = [e.get("id") for e in page.tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for element in page.tree.iter():
        loose = [a for a in element.attrib if a == "style" or a.startswith("on")]
        assert loose == [], f"{element.tag} has {loose}"
    for script in page.all("script"):
        assert (script.get("src") or "").startswith("/static/")
    for form in page.all("form", method="post"):
        names = [i.get("name") for i in form.iter("input")]
        assert "csrf_token" in names, f"{form.get('action')} can be forged"
    primaries = [
        words(e)
        for e in page.all("main")[0].iter()
        if "dd-button-primary" in (e.get("class") or "").split()
    ]
    assert len(primaries) <= 1, f"several main acts: {primaries}"
    for link in page.all("a"):
        assert not re.match(r"https?:|//", link.get("href", "")), link.get("href")
    labels = {label.get("for") for label in page.all("label")}
    for field in page.tree.iter():
        is_field = field.tag in ("input", "select", "textarea")
        if is_field and field.get("type") not in ("hidden", "submit"):
            assert field.get("id") in labels, f"{field.get('name')} has no label"
