"""What every application of a run has in common is compiled once, not once per test.

Each test builds an application of its own, so that nothing leaks from one to the next. Two thirds
of that time went into compiling the same templates and the same addresses again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule


@contextmanager
def compiled_once(templates: Path) -> Iterator[None]:
    """Keep compiled addresses in this process and compiled templates in the folder."""
    compile_builder = Rule._compile_builder
    known: dict[Any, Callable[..., tuple[str, str]]] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # What werkzeug makes here takes the rule as its argument: it fits every equal rule.
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    templates.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", once)
        cache = FileSystemBytecodeCache(str(templates))
        patched.setitem(Flask.jinja_options, "bytecode_cache", cache)
        yield
