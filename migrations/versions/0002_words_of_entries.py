"""Words of entries.

The log was searched by the text of its bodies: with marks, capitals and the keys of JSON. What an
entry is found by now lies folded in a table beside it. Filled here for the entries that are there,
by a copy of what the door does, so that a later change of the door does not change this step.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

AT_ONCE = 500
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_WORDS = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z|(sha256:)?[0-9a-f]{32,128}|\(bí mật\)")
NOT_WORD = re.compile(r"[\W_]+")
Y_FOR_I = re.compile(r"(?<=[bcdghklmnpqrstvx])y|(?<=qu)y")


def fold(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = bare.replace("đ", "d").replace("Đ", "d").lower()
    return Y_FOR_I.sub("i", NOT_WORD.sub(" ", bare).strip())


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if DAY.fullmatch(value):
            yield "/".join(reversed(value.split("-")))
            return
        if value.startswith("{"):
            try:
                yield from texts(json.loads(value))
                return
            except ValueError:
                pass
        if not NO_WORDS.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def kept(parts: Any) -> str:
    return "".join(f" {folded} |" for part in parts if part and (folded := fold(part)))


def found_by(body: dict[str, Any]) -> dict[str, str]:
    actor = body["actor"]
    who = (actor["name"], actor["login"], actor["on_behalf_of"])
    said = [
        body["object"]["label"],
        body["reason"],
        body["document"],
        body["details"],
        [[change.get("before"), change.get("after")] for change in body["changes"]],
    ]
    words = dict.fromkeys((*who, actor["agency_name"], *texts(said)))
    return {"who": kept(who), "words": kept(words)}


def upgrade() -> None:
    words = op.create_table(
        "audit_words",
        sa.Column("entry_uid", sa.String(length=32), nullable=False),
        sa.Column(
            "who",
            sa.Text(),
            nullable=False,
            comment="name and sign-in name as they were, on whose behalf",
        ),
        sa.Column(
            "words", sa.Text(), nullable=False, comment="everything that was said, without keys"
        ),
        sa.PrimaryKeyConstraint("entry_uid", name=op.f("pk_audit_words")),
    )
    conn = op.get_bind()
    last = 0
    page = sa.text("SELECT id, uid, body FROM audit_entry WHERE id > :last ORDER BY id LIMIT :n")
    while found := conn.execute(page, {"last": last, "n": AT_ONCE}).all():
        rows = [{"entry_uid": uid, **found_by(json.loads(body))} for _, uid, body in found]
        conn.execute(words.insert(), rows)
        last = found[-1].id


def downgrade() -> None:
    op.drop_table("audit_words")
