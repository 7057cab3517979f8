""".env.example names every setting there is, and no other."""

import re
from dataclasses import fields
from pathlib import Path

from config import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^#?(DONDOC_\w+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(setting.metadata["env"] for setting in fields(Settings))
