"""The sealer's key: one file, 0400, outside the database, the environment and the repository."""

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import BadNote, PublicKey, Rotation, Signer, base64_strictly

KEY, PUBLIC, ROTATIONS = "key", "public-keys", "rotations"
_PREFIX = "PRIVATE+KEY+"


class BadKeyFile(Exception):
    """The key cannot be used; one line for the operator."""


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a small file so that a cut leaves the old one or the new one, never half of one."""
    beside = path.with_name(path.name + ".part")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut. Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def new_name(host: str) -> str:
    """What a new log calls itself; two logs never share it."""
    return f"{host}/dondoc/{secrets.token_hex(4)}"


def make(folder: Path, name: str) -> Signer:
    """A new key in its file, and its public half beside it."""
    signer = Signer(name, Ed25519PrivateKey.generate())
    save(folder, signer)
    return signer


def save(folder: Path, signer: Signer) -> None:
    """Put a key in its file; the line of its public half is added to the public ones."""
    folder.mkdir(parents=True, exist_ok=True)
    _add_public(folder, signer.public)
    seed = base64.b64encode(b"\x01" + signer.key.private_bytes_raw()).decode()
    text = f"{_PREFIX}{signer.name}+{signer.public.key_id.hex()}+{seed}\n"
    write_whole(folder / KEY, text, mode=0o400)


def _add_public(folder: Path, key: PublicKey) -> None:
    known = public_keys(folder)
    if key not in known:
        write_whole(folder / PUBLIC, "".join(f"{one}\n" for one in (*known, key)))


def load(folder: Path) -> Signer:
    """The key of this folder; BadKeyFile when it is not there, open to others, or broken."""
    path = folder / KEY
    try:
        if os.name != "nt" and path.stat().st_mode & 0o077:
            raise BadKeyFile(f"Tệp khóa {path} người khác đọc được: hãy chạy chmod 0400 {path}.")
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise BadKeyFile(
            f"Không có tệp khóa {path}. Bản sao lưu không bao giờ chứa khóa: hãy chép tệp khóa từ "
            "nơi cất riêng về đúng chỗ này rồi chạy chmod 0400. Trong lúc chờ, mục mới vẫn được "
            "ghi nhưng chưa được niêm phong."
        ) from None
    except OSError as error:
        raise BadKeyFile(f"Không đọc được tệp khóa {path} ({error.strerror}).") from error
    name, _, rest = text.removeprefix(_PREFIX).strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = base64_strictly(encoded)
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    except (BadNote, ValueError) as error:
        raise BadKeyFile(f"Tệp khóa {path} bị hỏng.") from error
    if not text.startswith(_PREFIX) or signer.public.key_id.hex() != key_id:
        raise BadKeyFile(f"Tệp khóa {path} bị hỏng.")
    return signer


def add_rotation(folder: Path, rotation: Rotation) -> None:
    """Remember the old key's word for the new one, once: every note from now on carries it."""
    _add_public(folder, rotation.new)
    if rotation in (there := rotations(folder)):
        return
    told = [*there, rotation]
    lines = (f"{r.old} {r.new} {base64.b64encode(r.signature).decode()}\n" for r in told)
    write_whole(folder / ROTATIONS, "".join(lines))


def rotations(folder: Path) -> tuple[Rotation, ...]:
    """Which key has taken the place of which, the first one first."""
    path = folder / ROTATIONS
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    told = (line.split(" ") for line in lines)
    return tuple(
        Rotation(PublicKey.parse(old), PublicKey.parse(new), base64_strictly(signature))
        for old, new, signature in told
    )


def public_keys(folder: Path) -> tuple[PublicKey, ...]:
    """The public keys this log has used, the first one first; none when it was never sealed."""
    path = folder / PUBLIC
    if not path.exists():
        return ()
    return tuple(PublicKey.parse(line) for line in path.read_text("ascii").split())
