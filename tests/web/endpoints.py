"""Every address of the application, with values that lead somewhere."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule


@dataclass(frozen=True)
class Endpoint:
    """One rule of the URL map under one method."""

    endpoint: str
    method: str
    path: str


def endpoints(app: Flask, *methods: str, **values: int | str) -> list[Endpoint]:
    """All rules that take one of the methods; `values` fill their variables by name."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in methods:
            if method in (rule.methods or ()):
                found.append(Endpoint(rule.endpoint, method, _path(rule, values)))
    return found


def _path(rule: Rule, values: dict[str, int | str]) -> str:
    filled: dict[str, int | str] = {}
    for name, converter in rule._converters.items():
        if name in values:
            filled[name] = values[name]
        elif isinstance(converter, IntegerConverter):
            filled[name] = 1
        elif isinstance(converter, AnyConverter):
            filled[name] = sorted(converter.items)[0]
        else:
            filled[name] = "x"
    built = rule.build(filled)
    assert built is not None
    return built[1]
