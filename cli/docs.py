"""`docs`: writes the tables that are generated from the law, the settings and the commands.

They stand in docs/generated and static/img/workflow.svg; `docs --check` fails when one is stale,
and a test calls it, so that they cannot fall behind.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import yaml
from babel.messages.pofile import read_po
from flask import current_app
from flask.cli import with_appcontext

from cli import refused
from models.states import LABELS, CycleState
from workflow.law.rules import POST_LABELS
from workflow.law.transitions import EVENTS, PASSAGES, Command
from workflow.words import COMMANDS

ROOT = Path(__file__).parents[1]
GENERATED = ROOT / "docs" / "generated"
DIAGRAM = ROOT / "static" / "img" / "workflow.svg"
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
NOTE = "<!-- Written by `python3 run.py cli docs`; change the source, not this file. -->\n"
MARKS = {
    "yes": "được",
    "-": "không thấy",
    "R": "không đúng vai trò",
    "A": "không phải cơ quan chủ trì",
    "W": "việc của chính mình",
    "T": "nhiệm vụ của cơ quan mình",
    "S": "cơ quan thường trực xem xét",
    "O": "VP UBND xem xét",
    "C": "Chủ tịch UBND xem xét",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _say(function: Callable[..., object]) -> str:
    """The first sentence of a docstring."""
    return (function.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")


def states() -> str:
    """States, and every passage with who, from where, to where, under which rules."""
    kept = "giữ nguyên"
    passages = table(
        ["dòng", "lệnh", "từ", "đến", "ai", "điều kiện", "phải có"],
        [
            [
                p.row,
                f"`{p.command.value}` {COMMANDS[p.command]}",
                ", ".join(f"`{s.value}`" for s in p.sources) or "(chưa có)",
                f"`{p.target.value}`" if p.target else kept,
                "; ".join(POST_LABELS[post] for post in p.who),
                "; ".join(_say(rule) for rule in p.rules),
                "; ".join(_say(requirement) for requirement in p.requires),
            ]
            for p in PASSAGES
        ],
    )
    named = table(
        ["trạng thái", "trên màn hình"], [[f"`{s.value}`", LABELS[s]] for s in CycleState]
    )
    return (
        "# The states of a cycle and the passages between them\n\n"
        + NOTE
        + "\n![Sơ đồ trạng thái](../../static/img/workflow.svg)\n\n"
        + named
        + "\nFrom [workflow/law/transitions.py](../../workflow/law/transitions.py); "
        "what is not listed is refused.\n\n" + passages
    )


def permissions() -> str:
    """The matrix of docs/permissions.yaml, command by command."""
    source = yaml.safe_load((ROOT / "docs" / "permissions.yaml").read_text(encoding="utf-8"))
    parts = [
        "# Who may do what\n",
        NOTE,
        "From [docs/permissions.yaml](../permissions.yaml), which tests hold the law and the pages "
        "to, cell by cell: role × state × command × relation. In every state not named the answer "
        "is refused; whoever is not signed in is sent to the sign-in page.\n",
        "Legend: " + "; ".join(f"{mark} = {means}" for mark, means in MARKS.items()) + ".\n",
    ]
    for name, entry in source["commands"].items():
        head, *lines = entry["cells"].splitlines()
        relations = [source["relations"][r] for r in head.split()[1:]]
        rows = [[source["roles"][line.split()[0]], *line.split()[1:]] for line in lines]
        given = f" ({entry['given']})" if entry.get("given") else ""
        came = ", ".join(f"`{s}`" for s in entry["from"])
        parts.append(f"## {entry['label']}: `{name}`{given}\n\nFrom {came}.\n")
        parts.append(table(["vai trò", *relations], rows))
    for name, entry in source["plan_commands"].items():
        parts.append(f"## {entry['label']}: `{name}`\n\nOn a plan.\n")
        marked = [
            [title, "yes" if role in entry["allowed"] else "R"]
            for role, title in source["roles"].items()
            if role != "anonymous"
        ]
        parts.append(table(["vai trò", "kế hoạch"], marked))
    return "\n".join(parts)


def commands() -> str:
    """Nouns and verbs of the command line, and the commands on a cycle with their events."""
    context = click.Context(current_app.cli)
    rows: list[list[str]] = []
    for noun in current_app.cli.list_commands(context):
        group = current_app.cli.get_command(context, noun)
        verbs = group.commands.items() if isinstance(group, click.Group) else [("", group)]
        for verb, command in sorted(verbs):
            said = (command.get_short_help_str(200) if command else "").rstrip(".")
            options = [
                max(p.opts, key=len)
                for p in (command.params if command else [])
                if isinstance(p, click.Option)
            ]
            shown = " ".join(f"`{o}`" for o in options)
            rows.append([f"`{noun} {verb}`".replace(" `", "`"), said, shown])
    acts = table(
        ["lệnh", "trên nút", "sự kiện"],
        [[f"`{c.value}`", COMMANDS[c], f"`{EVENTS[c]}`"] for c in Command],
    )
    return (
        "# Commands\n\n"
        + NOTE
        + "\n## On the command line: `python3 run.py cli <noun> <verb>`\n\n"
        + table(["lệnh", "làm gì", "tùy chọn"], rows)
        + "\n## On a cycle\n\n"
        + acts
    )


def settings() -> str:
    """Every setting with its variable."""
    rows = [
        [
            f"`{f.metadata['env']}`",
            f.metadata["doc"],
            "có; phần bí mật được che" if f.metadata.get("secret") else "",
        ]
        for f in fields(current_app.extensions["dondoc"].settings)
    ]
    return "# Settings\n\n" + NOTE + "\n" + table(["biến môi trường", "ý nghĩa", "bí mật"], rows)


def diagram(translate: Callable[[str], str] = str) -> str:
    """The workflow drawn from the table of passages, as SVG."""
    from transitions.extensions import GraphMachine  # draws only; needs the development set

    drawn: Any = GraphMachine(
        graph_engine="pygraphviz",
        states=[translate(LABELS[s]) for s in CycleState],
        initial=translate(LABELS[CycleState.ASSIGNED]),
        auto_transitions=False,
    )
    for p in PASSAGES:
        if p.target is not None:
            for source in p.sources:
                drawn.add_transition(
                    *map(translate, (COMMANDS[p.command], LABELS[source], LABELS[p.target]))
                )
    graph = drawn.get_graph()
    graph.graph_attr.update(label="", rankdir="LR", bgcolor="transparent", pad="0.2", nodesep="0.5")
    face = "Inter, Arial, sans-serif"
    for node in graph.nodes():
        node.attr.update(
            shape="box", style="rounded,filled", fillcolor="#ffffff", color="#0e5a5a",
            fontname=face, fontsize="13", fontcolor="#16212e", peripheries="1", margin="0.18,0.10",
        )  # fmt: skip
    for edge in graph.edges():
        edge.attr.update(fontname=face, fontsize="12", fontcolor="#16212e", color="#5b6470")
    text = graph.draw(None, format="svg", prog="dot").decode("utf-8")
    return "<svg" + text.split("<svg", 1)[1]


def english() -> Callable[[str], str]:
    """Words of the screen in English."""
    with ENGLISH.open("rb") as source:
        catalog = read_po(source, locale="en")
    return lambda text: str(catalog[text].string)


def told(text: str) -> object:
    """What of a file must be fresh: of a drawing only its words, for fonts move its lines."""
    if text.startswith("<svg"):
        return sorted(re.findall(r"<(?:title|text)\b[^>]*>([^<]*)<", text))
    return text


def generated() -> dict[Path, str]:
    """Every generated file with what it ought to hold."""
    return {
        GENERATED / "states.md": states(),
        GENERATED / "permissions.md": permissions(),
        GENERATED / "commands.md": commands(),
        GENERATED / "settings.md": settings(),
        DIAGRAM: diagram(),
        DIAGRAM.with_suffix(".en.svg"): diagram(english()),
    }


@click.command("docs")
@click.option("--check", is_flag=True, help="Chỉ kiểm tra, không ghi.")
@with_appcontext
def group(check: bool) -> None:
    """Viết lại các bảng sinh tự động trong docs/generated và sơ đồ trạng thái."""
    try:
        files = generated()
    except ModuleNotFoundError as missing:
        refused([f"Thiếu thư viện {missing.name}: chạy `python3 run.py check` một lần để cài."])
    stale = [
        path
        for path, text in files.items()
        if not path.exists() or told(path.read_text(encoding="utf-8")) != told(text)
    ]
    if check and stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        refused([f"Đã cũ: {names}. Chạy: python3 run.py cli docs"])
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8", newline="\n")
            click.echo(str(path.relative_to(ROOT)))
