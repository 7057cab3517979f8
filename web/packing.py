"""Pages go out packed: an office behind a slow line waits for a fifth of the bytes."""

from __future__ import annotations

import gzip
import secrets
from io import BytesIO

from flask import Flask, Response, request

# Below this the wrapping costs more than it saves.
WORTH_PACKING = 800
# Level 9 takes twice as long for 2 % less.
LEVEL = 6
# What we write ourselves as text. Files that somebody sent are never packed: most are already,
# and what an outsider sent is not mixed with our own secrets.
KINDS = frozenset({"text/html", "application/json", "text/calendar", "image/svg+xml"})
# A random name of random length in gzip's header hides what the length of a page would tell
# about its tokens (BREACH; "Heal the BREACH", Palacios et al. 2022).
LONGEST_NAME = 100


def packed(content: bytes) -> bytes:
    """The content as gzip, of a length that differs from call to call."""
    out = BytesIO()
    name = secrets.token_hex(LONGEST_NAME // 2)[: 1 + secrets.randbelow(LONGEST_NAME)]
    with gzip.GzipFile(name, "wb", LEVEL, out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def _pack(response: Response) -> Response:
    if response.mimetype not in KINDS or response.direct_passthrough or response.is_streamed:
        return response
    if "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) >= WORTH_PACKING and request.accept_encodings.quality("gzip"):
        response.set_data(packed(content))
        response.headers["Content-Encoding"] = "gzip"
    return response


def init_app(app: Flask) -> None:
    """Pack what leaves, after everybody else has looked at it."""
    app.after_request(_pack)
