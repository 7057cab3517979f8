"""What the log hands out: a receipt for an entry, a cosigned head for a witness, a new key."""

import base64
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from ledger import keys, store
from ledger.checkpoint import (
    BadNote,
    Checkpoint,
    PublicKey,
    Signer,
    base64_strictly,
    parse,
    sign,
    verify,
)
from ledger.receipt import Receipt
from ledger.tree import BadProof, check_consistency, consistency, inclusion


def receipt(conn: Connection, position: int) -> Receipt | None:
    """The receipt of the entry at this place under the newest head; None while it has none."""
    note, body = store.last_note(conn), store.body_at(conn, position)
    if note is None or body is None:
        return None
    size = parse(note)[0].size
    if position >= size:
        return None
    tree = store.tree_store(conn, size)
    return Receipt(body, position, tuple(inclusion(tree.nodes, position, size)), note)


def file_name(position: int) -> str:
    """What a receipt file is called."""
    return f"dondoc-{position}.tlog-proof"


def proof_between(conn: Connection, old: int, new: int) -> list[bytes]:
    """The consistency proof between two sizes, for a witness."""
    return consistency(store.tree_store(conn, new).nodes, old, new) if old else []


class Refusal(Exception):
    """Why a witness does not sign; `status` is that of c2sp.org/tlog-witness."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Witness:
    """Another office that remembers the last head it saw and signs only what continues it."""

    def __init__(self, folder: Path, log_key: PublicKey) -> None:
        self.folder, self.log_key = folder, log_key

    def last(self, origin: str) -> Checkpoint | None:
        """The last head seen of this log."""
        path = self._path(origin)
        return parse(path.read_text("utf-8"))[0] if path.exists() else None

    def _path(self, origin: str) -> Path:
        return self.folder / ("seen-" + origin.replace("/", "_"))

    def cosign(self, old: int, proof: Sequence[bytes], note: str, signer: Signer) -> str:
        """The note with the witness's own line; Refusal, and nothing is remembered, otherwise."""
        try:
            new = verify(note, self.log_key)
        except BadNote as problem:
            raise Refusal(403, f"Niêm phong không do khóa đã biết ký: {problem}.") from problem
        if new.origin.rpartition("/")[0] != self.log_key.name:
            raise Refusal(404, f"Không biết nhật ký {new.origin}.")
        if old > new.size:
            raise Refusal(400, "Kích thước cũ lớn hơn kích thước mới.")
        last = self.last(new.origin)
        seen = last.size if last else 0
        if old != seen:
            raise Refusal(409, f"Lần trước đã thấy {seen} mục, không phải {old}.")
        if last is not None and old:
            try:
                check_consistency(old, new.size, last.root, new.root, proof)
            except BadProof as problem:
                raise Refusal(422, "Lịch sử mới không nối tiếp lịch sử đã thấy.") from problem
        self.folder.mkdir(parents=True, exist_ok=True)
        keys.write_whole(self._path(new.origin), note)
        line = sign(new, signer).rpartition("\n\n")[2]
        return note + line


def request(old: int, proof: Sequence[bytes], note: str) -> str:
    """What a witness is asked, in the words of c2sp.org/tlog-witness."""
    lines = [f"old {old}", *(base64.b64encode(h).decode() for h in proof)]
    return "\n".join(lines) + "\n\n" + note


def parse_request(text: str) -> tuple[int, list[bytes], str]:
    """Old size, consistency proof and note; BadNote when it is not well written."""
    front, blank, note = text.partition("\n\n")
    first, *proof = front.split("\n")
    old = first.removeprefix("old ")
    if not blank or not old.isdecimal():
        raise BadNote("not a request to a witness")
    found = int(old), [base64_strictly(line) for line in proof], note
    if len(proof) > 63 or request(*found) != text:
        raise BadNote("not a request to a witness")
    return found
