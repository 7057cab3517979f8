"""Receipts: a proof that one entry stands in the log, as a C2SP tlog-proof file.

The entry's canonical body travels in the `extra` line, so that one file is all it takes: the body
gives the leaf, the leaf and the proof give the root, and the root is signed.
"""

import base64
import re
from dataclasses import dataclass

from ledger.checkpoint import BadNote, Checkpoint, PublicKey, base64_strictly, verify
from ledger.tree import BadProof, leaf_hash, root_from_inclusion

MAGIC = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


class BadReceipt(ValueError):
    """The receipt proves nothing."""


@dataclass(frozen=True)
class Receipt:
    """One entry, its place, the proof and the checkpoint."""

    body: str
    index: int
    proof: tuple[bytes, ...]
    note: str

    def render(self) -> str:
        """The file."""
        lines = [MAGIC, "extra " + base64.b64encode(self.body.encode()).decode()]
        lines += [f"index {self.index}"]
        lines += [base64.b64encode(h).decode() for h in self.proof]
        return "\n".join(lines) + "\n\n" + self.note


def parse(text: str) -> Receipt:
    """The parts of a receipt file, strictly; BadReceipt otherwise."""
    front, blank, note = text.partition("\n\n")
    lines = front.split("\n")
    if not blank or len(lines) < 3 or lines[0] != MAGIC:
        raise BadReceipt("not a receipt")
    extra, index = lines[1].removeprefix("extra "), lines[2].removeprefix("index ")
    if not _INDEX.fullmatch(index) or len(lines) > 3 + 64:
        raise BadReceipt("the place is not well written")
    try:
        proof = tuple(base64_strictly(line) for line in lines[3:])
        body = base64_strictly(extra).decode("utf-8")
    except (BadNote, UnicodeDecodeError):
        raise BadReceipt("a line is not well encoded") from None
    found = Receipt(body, int(index), proof, note)
    if any(len(h) != 32 for h in proof) or found.render() != text:
        raise BadReceipt("not written the one way a receipt is written")
    return found


def verify_receipt(text: str, key: PublicKey) -> tuple[Receipt, Checkpoint]:
    """The receipt and the checkpoint it stands under; BadReceipt when it proves nothing."""
    found = parse(text)
    try:
        checkpoint = verify(found.note, key)
        leaf = leaf_hash(found.body.encode())
        root = root_from_inclusion(leaf, found.index, checkpoint.size, found.proof)
    except (BadNote, BadProof) as problem:
        raise BadReceipt(str(problem)) from problem
    if root != checkpoint.root:
        raise BadReceipt("the proof does not lead to the signed root")
    return found, checkpoint
