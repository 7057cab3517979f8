"""`backup create|restore`: everything in one file, while people write; verified afterwards."""

from pathlib import Path

import click
from flask import current_app

from cli import answer, refused
from cli.database import upgrade
from cli.ledger import ledger
from ledger import backup, place, verify


@click.group("backup")
def group() -> None:
    """Sao lưu và khôi phục."""


@group.command("create")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def create(target: Path, as_json: bool) -> None:
    """Sao lưu cơ sở dữ liệu và tệp đính kèm vào một tệp, không cần dừng hệ thống."""
    services = current_app.extensions["dondoc"]
    settings = services.settings
    try:
        made = backup.create(services.engine, settings.home, settings.files, target, upgrade)
    except backup.BadBackup as problem:
        refused([str(problem)])
    if as_json:
        answer({"file": str(target), "size": made["size"], "tables": made["tables"]})
    else:
        click.echo(f"Đã sao lưu vào {target}: {made['size']} mục đã niêm phong.")


@group.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Thay cơ sở dữ liệu đang có.")
@click.option(
    "--checkpoint",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp có niêm phong giữ ở ngoài: thư, biên nhận, tệp của cơ quan chứng kiến.",
)
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def restore(source: Path, yes: bool, checkpoint: tuple[Path, ...], as_json: bool) -> None:
    """Khôi phục rồi kiểm chứng. Bản cũ hơn niêm phong đã ký thì hệ thống chỉ cho đọc."""
    if not yes:
        refused(["Thêm --yes để thay cơ sở dữ liệu đang có (bản cũ được giữ bên cạnh)."])
    services = current_app.extensions["dondoc"]
    settings = services.settings
    services.engine.dispose()
    log = ledger()
    is_told = bool(checkpoint) or any(place.heads(log.folder))
    try:
        made, aside = backup.restore(
            source,
            settings.database_url,
            settings.home,
            settings.files,
            upgrade,
            [path.read_text("utf-8", "replace") for path in checkpoint],
        )
    except backup.BadBackup as problem:
        refused([str(problem)])
    gone = place.missing(log.engine, log.folder)
    # Heads after the backup are missing for a known reason, said below; the rest must be well.
    with_heads = [] if gone else log.outside()
    found = log.verify_against(with_heads)
    told = {
        "ok": found["ok"],
        "size": made["size"],
        "missing": gone.size if gone else None,
        "aside": str(aside) if aside else None,
    }
    if as_json:
        answer(told)
    else:
        click.echo(verify.say(found))
    if gone:
        click.echo(
            f"Thiếu niêm phong {gone.size} mục lúc {gone.at}: hệ thống chỉ cho đọc cho tới khi "
            "khôi phục bản mới hơn, hoặc chạy ledger new-epoch --reason … --document ….",
            err=True,
        )
    if not is_told:
        click.echo(
            "Máy này chưa giữ niêm phong nào của nhật ký, nên không biết bản sao lưu có phải bản "
            "mới nhất không: nếu nó cũ, các mục đã mất sẽ không ai thấy. Hãy tìm một niêm phong "
            "giữ bên ngoài (mã QR trên văn bản, biên nhận, tệp của cơ quan chứng kiến), lưu thành "
            "tệp rồi chạy ledger witness keep TỆP; với dòng cuối thư thì khôi phục lại cùng "
            "--checkpoint TỆP.",
            err=True,
        )
    if not found["ok"]:
        raise SystemExit(1)
