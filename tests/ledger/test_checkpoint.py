"""A checkpoint is written one way, and every other way is refused."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import tree
from ledger.checkpoint import BadNote, PublicKey, Signer, head, parse, sign, verify
from ledger.receipt import Receipt
from ledger.verify import Bad, Note

AT = datetime(2026, 11, 23, 10, 32, 10, 250_000, tzinfo=UTC)
SIGNER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOTE = sign(head("example.com/log/1", 123_456, bytes(range(32)), AT), SIGNER)


def edits(text: str) -> set[str]:
    """Every text one small slip away: a character changed, dropped, doubled, swapped."""
    found: set[str] = set()
    for i, c in enumerate(text):
        for other in {chr(ord(c) ^ 1), chr(ord(c) ^ 4), " ", "\n", "\r", "=", "–", "0", "A"} - {c}:
            found.add(text[:i] + other + text[i + 1 :])
        found.add(text[:i] + text[i + 1 :])
        found.add(text[:i] + c + text[i:])
        found.add(text[:i] + "\u200b" + text[i:])
        if i + 1 < len(text):
            found.add(text[:i] + text[i + 1] + c + text[i + 2 :])
    return found - {text}


def test_a_checkpoint_says_what_was_signed() -> None:
    found = verify(NOTE, SIGNER.public)

    assert (found.origin, found.size, found.root) == (
        "example.com/log/1",
        123_456,
        bytes(range(32)),
    )
    assert found.at == "2026-11-23T10:32:10.250Z"


def test_no_edit_of_a_checkpoint_is_accepted() -> None:
    for edited in edits(NOTE):
        with pytest.raises(BadNote):
            verify(edited, SIGNER.public)


def test_lines_of_other_keys_are_ignored_and_never_enough() -> None:
    other = Signer("witness.example", Ed25519PrivateKey.generate())
    checkpoint, _ = parse(NOTE)
    cosigned = NOTE + sign(checkpoint, other).rpartition("\n\n")[2]

    assert verify(cosigned, SIGNER.public) == verify(cosigned, other.public) == checkpoint
    with pytest.raises(BadNote):
        verify(NOTE, other.public)


def test_a_key_signs_one_line() -> None:
    """Twice the same line says nothing more, but it is another text."""
    line = NOTE.rpartition("\n\n")[2]

    with pytest.raises(BadNote, match="two lines"):
        verify(NOTE + line, SIGNER.public)
    with pytest.raises(Bad):
        Note(NOTE + line)


def test_a_lenient_base64_text_is_refused() -> None:
    root = base64.b64encode(bytes(range(32))).decode()
    # The last digit before "=" carries two bits that nobody reads.
    lenient = root[:-2] + chr(ord(root[-2]) + 1) + "="
    assert base64.b64decode(lenient) == base64.b64decode(root)
    with pytest.raises(BadNote, match="not the one base64"):
        verify(NOTE.replace(root, lenient), SIGNER.public)


def test_a_key_is_written_one_way() -> None:
    text = str(SIGNER.public)
    assert PublicKey.parse(text) == SIGNER.public
    for edited in edits(text):
        with pytest.raises(BadNote):
            PublicKey.parse(edited)


def make_receipt(index: int, size: int) -> str:
    bodies = [f'{{"n":{n}}}' for n in range(size)]
    nodes = tree.nodes_of([tree.leaf_hash(b.encode()) for b in bodies])
    note = sign(head("example.com/log/1", size, tree.root(nodes, size), AT), SIGNER)
    return Receipt(bodies[index], index, tuple(tree.inclusion(nodes, index, size)), note).render()
