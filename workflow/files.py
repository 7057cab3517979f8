"""Attachments on disk, named by their content; what they are is told by their bytes."""

import hashlib
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

LIMIT = 20 * 1024 * 1024
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PNG, JPEG = "image/png", "image/jpeg"
# Written at the start of a file; the rest is found by looking inside.
_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = ((b"word/document.xml", DOCX), (b"xl/workbook.xml", XLSX))


# What zipfile says of a damaged or crafted archive: of a version, a method or a name it does not
# know it says so by other exceptions than its own.
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, zlib.error)


class FileRefused(Exception):
    """The file cannot be kept; `why` is one of too_big, empty, unknown_type, macros, not_whole."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class StoredFile:
    """What is known of a file that lies in the store."""

    sha256: str
    size: int
    media_type: str


def media_type(content: bytes) -> str:
    """The type by content, not by name: PDF, Word, Excel, PNG, JPEG; else FileRefused."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(_OLE):
        if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
            return XLS
        if "WordDocument".encode("utf-16-le") in content:
            return DOC
        raise FileRefused("unknown_type")
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    raise FileRefused("unknown_type")


def _office_type(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except UNREADABLE:
        raise FileRefused("not_whole") from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros")
    for part, kind in _PARTS:
        if part.decode() in names:
            return kind
    raise FileRefused("unknown_type")


class FileStore:
    """A folder of files under their SHA-256; the same content is kept once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where content with this digest lies."""
        return self._folder / sha256[:2] / sha256

    def put(self, stream: BinaryIO) -> StoredFile:
        """Keep the bytes of a stream; FileRefused when they may not be kept.

        Written beside, synced and renamed, so that a cut leaves no half file under a digest.
        """
        content = stream.read(LIMIT + 1)
        if len(content) > LIMIT:
            raise FileRefused("too_big")
        if not content:
            raise FileRefused("empty")
        kind = media_type(content)
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, target)
        return StoredFile(digest, len(content), kind)
