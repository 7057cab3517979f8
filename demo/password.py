"""The one password of all demo accounts: given in the settings, or made once and kept."""

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Settings


WORDS = [
    "bien",
    "dua",
    "song",
    "nui",
    "gio",
    "nang",
    "sao",
    "may",
    "lua",
    "tre",
    "sen",
    "cau",
    "thuyen",
    "luoi",
    "mua",
    "sau",
]


def shared_password(settings: "Settings") -> str:
    """DONDOC_DEMO_PASSWORD, or the one kept in the data folder (0600), made when missing."""
    if settings.demo_password:
        return settings.demo_password
    kept = settings.home / "demo-password"
    if not kept.exists():
        made = (
            "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(9000) + 1000}"
        )
        kept.touch(mode=0o600)
        kept.write_text(made + "\n", encoding="ascii")
    return kept.read_text(encoding="ascii").strip()
