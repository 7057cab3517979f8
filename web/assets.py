"""Static files: listed once, named by their content, kept by the browser for a year."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, has_request_context, request, url_for

STATIC = Path(__file__).resolve().parent.parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
OWN_FOLDERS = ("css", "js", "img")
MEDIA_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript"}
PACKED_ALREADY = frozenset({".woff2", ".png", ".jpg", ".webp"})


class UnlistedAsset(Exception):
    """A template names a static file that is not there or was never listed."""


@dataclass(frozen=True)
class Asset:
    """One static file, read when the application starts."""

    path: str
    fingerprint: str
    media_type: str
    plain: bytes
    packed: bytes | None

    @property
    def is_vendored(self) -> bool:
        return self.path.startswith("vendor/")


@cache
def read(static: Path = STATIC) -> dict[str, Asset]:
    """Our own files by folder; the vendored ones by manifest, and nothing beside it."""
    manifest = json.loads((static / "vendor" / "manifest.json").read_text(encoding="utf-8"))
    paths = {entry["path"] for entry in manifest["files"]}
    for folder in OWN_FOLDERS:
        for file in (static / folder).rglob("*"):
            if file.is_file():
                paths.add(file.relative_to(static).as_posix())
    return {path: _load(static, path) for path in sorted(paths)}


def _load(static: Path, path: str) -> Asset:
    content = (static / path).read_bytes()
    suffix = Path(path).suffix
    media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain"
    packed = None
    if suffix not in PACKED_ALREADY:
        squeezed = gzip.compress(content, 9, mtime=0)
        packed = squeezed if len(squeezed) < len(content) else None
    return Asset(path, hashlib.sha256(content).hexdigest()[:12], media_type, content, packed)


class Assets:
    """The listed files of one application."""

    def __init__(self, static: Path = STATIC) -> None:
        self._files = read(static)
        self._urls: dict[tuple[str, str], str] = {}

    def url(self, path: str) -> str:
        """The address of a listed file; it changes whenever the content does.

        A vendored file has its version in its folder's name, so it needs no fingerprint, and a
        style sheet may name it relatively and still be cached once.
        """
        # A page names its drawings a hundred times, and making an address is slow.
        key = (request.script_root if has_request_context() else "", path)
        if key not in self._urls:
            asset = self._files.get(path)
            if asset is None:
                raise UnlistedAsset(path)
            version: dict[str, Any] = {} if asset.is_vendored else {"v": asset.fingerprint}
            self._urls[key] = url_for("static", filename=path, **version)
        return self._urls[key]

    def send(self, filename: str) -> Response:
        """Answer for one file: packed when the browser can, kept for ever when it is named so."""
        asset = self._files.get(filename)
        if asset is None:
            abort(404)
        packed = asset.packed if request.accept_encodings.quality("gzip") else None
        response = Response(packed or asset.plain, mimetype=asset.media_type)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        if asset.packed:
            response.headers["Vary"] = "Accept-Encoding"
        named_by_content = asset.is_vendored or request.args.get("v") == asset.fingerprint
        response.headers["Cache-Control"] = FOR_EVER if named_by_content else ASK_AGAIN
        response.set_etag(f"{asset.fingerprint}{'-gz' if packed else ''}")
        return response.make_conditional(request)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    """Take over /static and give the templates asset()."""
    assets = Assets()
    if not any(rule.endpoint == "static" for rule in app.url_map.iter_rules()):
        app.add_url_rule("/static/<path:filename>", "static")
    app.view_functions["static"] = assets.send
    app.jinja_env.globals["asset"] = assets.url
