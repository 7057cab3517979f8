"""`ledger …`: seal, verify, export, receipts, witnesses, a new key, a new epoch."""

import signal
import threading
from datetime import UTC
from pathlib import Path
from typing import Any

import click
from flask import current_app

from cli import answer, refused
from cli.children import when_parent_goes
from cli.kinds import ID
from ledger import bundle, issue, keys, place, store, verify
from ledger.checkpoint import BadNote, PublicKey
from ledger.sealer import Unsealable
from ledger.service import CLI, Ledger
from ledger.source import database
from workflow.commands.ledger import TakeExport
from workflow.law.facts import SYSTEM


def ledger() -> Ledger:
    """The log of this application."""
    services = current_app.extensions["dondoc"]
    return Ledger(
        services.engine,
        services.settings.home,
        services.settings.files,
        services.clock.now,
        services.settings.base_url,
    )


@click.group("ledger")
def group() -> None:
    """Nhật ký niêm phong."""


@group.command("seal")
@click.option("--stay", is_flag=True, help="Ở lại và niêm phong 10 giây một lần.")
@click.option(
    "--with-parent", is_flag=True, help="Với --stay: dừng khi nơi khởi động nó dừng (stdin đóng)."
)
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def seal(stay: bool, with_parent: bool, as_json: bool) -> None:
    """Đánh số và ký các mục mới; với --stay thì làm mãi, 10 giây một lần."""
    log = ledger()
    if log.ensure_key():
        click.echo(f"Đã tạo khóa niêm phong. Dấu vân tay: {log.fingerprint()}", err=True)
    if stay:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        if with_parent:
            when_parent_goes(stop.set)
        log.sealer.run(stop)
        return
    added, last = 0, None
    try:
        while sealed := log.sealer.seal():
            added, last = added + sealed.added, sealed
    except (Unsealable, keys.BadKeyFile) as problem:
        refused([str(problem)])
    with log.engine.connect() as conn:
        size = store.last_size(conn)
    if as_json:
        answer({"added": added, "size": size, "note": last.note if last else None})
    else:
        click.echo(f"Đã niêm phong {added} mục mới; tất cả {size} mục.")


@group.command("verify")
@click.argument("what", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--key", multiple=True, help="Dòng khóa công khai hoặc tệp; mặc định của hệ thống.")
@click.option(
    "--checkpoint",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Tệp niêm phong giữ ở ngoài.",
)
@click.option(
    "--accept-epoch",
    "accepted",
    multiple=True,
    type=int,
    help="Kỳ nhật ký mở sau khôi phục mà người kiểm đã có văn bản; dùng với tệp.",
)
@click.option("--tell", is_flag=True, help="Ghi kết quả; sai thì báo thanh tra và VP UBND.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def verify_command(
    what: Path | None,
    key: tuple[str, ...],
    checkpoint: tuple[Path, ...],
    accepted: tuple[int, ...],
    tell: bool,
    as_json: bool,
) -> None:
    """Kiểm chứng cơ sở dữ liệu này, hoặc một biên nhận, gói zip, tệp SQLite."""
    log = ledger()
    if what is not None:
        trusted = [part for k in key or log.key_lines()[:1] for part in ("--key", k)]
        outside = [part for c in checkpoint for part in ("--checkpoint", str(c))]
        told = [part for e in accepted for part in ("--accept-epoch", str(e))]
        told += ["--json"] if as_json else []
        raise SystemExit(verify.main([str(what), *trusted, *outside, *told]))
    try:
        found = (
            log.verify_and_tell(current_app.extensions["dondoc"].door)
            if tell
            else log.verify(checkpoint, [str(k.text) for k in verify.read_keys(key)])
        )
    except verify.Bad as problem:
        refused([problem.message])
    if as_json:
        answer(found)
    else:
        click.echo(verify.say(found))
    if not found["ok"]:
        raise SystemExit(1)


@group.command("export")
@click.option("--decision", required=True, help="Số quyết định thanh tra.")
@click.option("--scope", required=True, help="Phạm vi.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Tệp zip.")
@click.option("--files", "with_files", is_flag=True, help="Kèm tệp đính kèm.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def export(decision: str, scope: str, out: Path, with_files: bool, as_json: bool) -> None:
    """Xuất gói kiểm chứng; việc xuất được ghi vào nhật ký."""
    log = ledger()
    services = current_app.extensions["dondoc"]
    now = services.clock.now()
    services.door.perform(TakeExport(decision, scope), SYSTEM, now, origin=CLI)
    seal_quietly(log)
    about = {"decision": decision, "scope": scope, "at": now.astimezone(UTC).isoformat()}
    with database(log.engine, log.files) as source, out.open("wb") as file:
        bundle.write(file, source, log.key_lines(), about, with_files)
    if as_json:
        answer({"file": str(out), "bytes": out.stat().st_size})
    else:
        click.echo(f"Đã xuất {out} ({out.stat().st_size} byte).")


def seal_quietly(log: Ledger) -> None:
    """So that the newest entries have their place; where the key is elsewhere, they wait."""
    if (log.folder / keys.KEY).exists():
        try:
            while log.sealer.seal():
                pass
        except (Unsealable, keys.BadKeyFile) as problem:
            click.echo(str(problem), err=True)


@group.command("receipt")
@click.argument("position", type=ID)
@click.option("--out", type=click.Path(path_type=Path), help="Tệp; không nêu thì in ra.")
def receipt(position: int, out: Path | None) -> None:
    """Biên nhận của mục có số này."""
    with ledger().engine.connect() as conn:
        found = issue.receipt(conn, position)
    if found is None:
        refused([f"Mục #{position} chưa có hoặc chưa được niêm phong."])
    if out is None:
        click.echo(found.render(), nl=False)
    else:
        out.write_text(found.render(), encoding="utf-8", newline="")


@group.group("witness")
def witness() -> None:
    """Cơ quan chứng kiến: nhớ niêm phong, đòi chứng minh nối tiếp, ký cùng (qua USB cũng được)."""


@witness.command("ask")
@click.option("--since", type=ID, default=0, help="Số mục bên chứng kiến đã thấy.")
@click.option("--out", required=True, type=click.Path(path_type=Path))
def witness_ask(since: int, out: Path) -> None:
    """Bên nhật ký: ghi yêu cầu gồm niêm phong mới nhất và chứng minh nối tiếp."""
    with ledger().engine.connect() as conn:
        note, size = store.last_note(conn), store.last_size(conn)
        if note is None or since > size:
            refused([f"Nhật ký mới có {size} mục được niêm phong."])
        proof = issue.proof_between(conn, since, size)
    out.write_text(issue.request(since, proof, note), encoding="utf-8", newline="")


@witness.command("sign")
@click.argument("asked", type=click.Path(path_type=Path, exists=True))
@click.option("--state", required=True, type=click.Path(path_type=Path), help="Thư mục của mình.")
@click.option("--key", required=True, help="Dòng khóa công khai của nhật ký.")
@click.option("--name", default="witness", help="Tên của cơ quan chứng kiến (khi tạo khóa).")
@click.option("--out", required=True, type=click.Path(path_type=Path))
def witness_sign(asked: Path, state: Path, key: str, name: str, out: Path) -> None:
    """Bên chứng kiến: kiểm và ký cùng; từ chối mọi lịch sử không nối tiếp cái đã thấy."""
    if not (state / keys.KEY).exists():
        keys.make(state, name)
    try:
        signer = keys.load(state)
        old, proof, note = issue.parse_request(asked.read_text("utf-8"))
        signed = issue.Witness(state, PublicKey.parse(key)).cosign(old, proof, note, signer)
    except (issue.Refusal, BadNote, keys.BadKeyFile) as problem:
        refused([str(problem)])
    out.write_text(signed, encoding="utf-8", newline="")
    click.echo(f"Đã ký cùng. Khóa của bên chứng kiến: {signer.public}", err=True)


@witness.command("keep")
@click.argument("signed", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", multiple=True, help="Dòng khóa của bên chứng kiến, lần đầu nhận của họ.")
def witness_keep(signed: Path, key: tuple[str, ...]) -> None:
    """Bên nhật ký: giữ niêm phong đã được ký cùng như một bản sao bên ngoài."""
    log = ledger()
    known = place.Known.of(log.folder)
    try:
        named = [PublicKey.parse(line) for line in key]
    except BadNote:
        refused(["Dòng sau --key không phải một dòng khóa công khai."])
    known = place.Known(known.ours, tuple(dict.fromkeys([*known.witnesses, *named])))
    notes = place.signed_in(signed.read_text("utf-8", "replace"))
    if not notes:
        refused([f"{signed} không có niêm phong nào."])
    heads = []
    for note in notes:
        try:
            head = place.judge(note, known)
        except place.Stranger as problem:
            refused([str(problem)])
        with log.engine.connect() as conn:
            changed = place.outlived(conn, head, known)
        if changed is not None:
            refused([f"Niêm phong {head.checkpoint.size} mục do khóa đã thay ở mục #{changed} ký."])
        if strangers := place.unknown_signers(note, known):
            names = ", ".join(strangers)
            refused([f"Chưa biết khóa của {names}: thêm --key với dòng khóa họ đã công bố."])
        heads.append(head)
    if named:
        lines = "".join(f"{one}\n" for one in known.witnesses)
        keys.write_whole(log.folder / place.WITNESSES, lines)
    for head in heads:
        click.echo(f"Đã giữ niêm phong {head.checkpoint.size} mục: {place.keep(log.folder, head)}")


@group.command("rotate-key")
@click.option("--reason", required=True)
def rotate_key(reason: str) -> None:
    """Đổi khóa niêm phong; khóa cũ ký cho khóa mới."""
    log = ledger()
    try:
        log.rotate(current_app.extensions["dondoc"].door, reason)
    except (Unsealable, keys.BadKeyFile) as problem:
        refused([str(problem)])
    click.echo(log.key_lines()[-1])


@group.command("new-epoch")
@click.option("--reason", required=True, help="Vì sao phần cuối của nhật ký bị mất.")
@click.option("--document", required=True, help="Văn bản cho phép, ví dụ 12/BB-VPUBND.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def new_epoch(reason: str, document: str, as_json: bool) -> None:
    """Sau khi khôi phục bản cũ: mở kỳ nhật ký mới, mục đầu tiên ghi rõ phần đã mất."""
    log = ledger()
    try:
        sealed = log.new_epoch(reason, document)
    except (Unsealable, keys.BadKeyFile) as problem:
        refused([str(problem)])
    told: dict[str, Any] = {"epoch": log.sealer.epoch(), "size": 0, "note": None}
    if sealed:
        told |= {"size": sealed.checkpoint.size, "note": sealed.note}
    if as_json:
        answer(told)
    else:
        click.echo(f"Kỳ {told['epoch']} đã mở, niêm phong {told['size']} mục.")
