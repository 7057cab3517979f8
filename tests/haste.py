"""What every application of a run has in common is compiled once, not once per test.

Each test builds an application of its own, so that nothing leaks from one to the next. Most of
that time went into compiling the same templates, the same addresses and the same SQL again; and a
quarter of what was left into looking, after every few hundred objects, for circles among them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

# Objects before the young are looked through, and how many such looks before the older ones are.
# An application is thrown away in a circle of its own: some hundred of them are a few MB.
SELDOM = (100_000, 50, 1000)
# More than the application has, so that none is thrown out while a run needs it.
STATEMENTS = 5000


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Let the collector of circles rest."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    yield
    gc.set_threshold(*before)


@contextmanager
def compiled_once(templates: Path) -> Iterator[None]:
    """Keep compiled addresses and SQL in this process and compiled templates in the folder."""
    templates.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "compile", addresses(Rule.compile))
        made = statements(sqlalchemy.engine_from_config)
        patched.setattr(sqlalchemy, "engine_from_config", made)
        cache = FileSystemBytecodeCache(str(templates))
        patched.setitem(Flask.jinja_options, "bytecode_cache", cache)
        yield


def addresses(compile_: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Rule.compile that does its work once for all rules with the same address."""
    known: dict[Any, tuple[Any, ...]] = {}

    def once(rule: Rule) -> None:
        assert rule.map is not None
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, rule.map.host_matching, rule.merge_slashes)
        if (*key, defaults) not in known:
            compile_(rule)
            # What werkzeug compiles takes the rule as its argument: it fits every equal rule.
            built: Any = rule
            builders = built._build.__func__, built._build_unknown.__func__
            parts = rule._parts, rule._trace, rule._converters, frozenset(rule.arguments)
            known[*key, defaults] = (*parts, *builders)
        found = known[*key, defaults]
        rule._parts, rule._trace, rule._converters = found[:3]
        rule.arguments = set(found[3])
        rule._build, rule._build_unknown = (function.__get__(rule) for function in found[4:])

    return once


def statements(make: Callable[..., Engine]) -> Callable[..., Engine]:
    """engine_from_config whose engines know the SQL compiled for any other of their kind.

    SQLAlchemy keeps it per engine, and under the very dialect it was compiled for.
    """
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    known: dict[str, Dialect] = {}

    def engine_from_config(options: Mapping[str, Any], prefix: str = "sqlalchemy.") -> Engine:
        engine = make(dict(options), prefix)
        engine._compiled_cache = compiled

        # A dialect learns from its first connection what the server can do: only one that has
        # learnt it is handed on.
        @event.listens_for(engine, "connect")
        def learnt(_dbapi: Any, _record: Any) -> None:
            engine.dialect = known.setdefault(engine.dialect.name, engine.dialect)

        engine.dialect = known.get(engine.dialect.name, engine.dialect)
        return engine

    return engine_from_config
