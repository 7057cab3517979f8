"""Receipts: a proof that one entry stands in the log, as a C2SP tlog-proof file.

The entry's canonical body travels in the `extra` line, so that one file is all it takes: the body
gives the leaf, the leaf and the proof give the root, and the root is signed.
"""

import base64
from dataclasses import dataclass

MAGIC = "c2sp.org/tlog-proof@v1"


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
