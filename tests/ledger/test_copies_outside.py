"""Whatever leaves the house carries the newest head: papers, sheets, mails, prints."""

import io
import zipfile

import docx
import openpyxl
import segno

from ledger import verify
from ledger.service import Ledger
from notifications.rounds import post_of
from tests.ledger.conftest import SIGNER
from tests.make import LEAD, World
from tests.web.conftest import Open, as_, clock
from tests.web.reader import Reader
from workflow import seals

__all__ = ["as_", "clock"]


def test_a_paper_carries_the_head_as_words_and_as_a_code(
    world: World, log: Ledger, as_: Open
) -> None:
    head = as_(world.head())
    paper = f"/reports/download/agency-year.{{}}?year=2026&agency={LEAD}"
    with head.client.get(paper.format("docx")) as before:
        assert "Niêm phong" not in words_of(before.data)
    sealed = log.sealer.seal()
    assert sealed is not None
    line = f"example.com/dondoc/test/1 · {sealed.checkpoint.size} · {sealed.checkpoint.root.hex()}"

    with head.client.get(paper.format("docx")) as answer:
        written = answer.data
    assert line in words_of(written)
    code = io.BytesIO()
    segno.make_qr(sealed.note.encode(), error="l").save(code, kind="png", border=2, scale=4)
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        pictures = [parts.read(n) for n in parts.namelist() if n.startswith("word/media/")]
    assert pictures == [code.getvalue()]
    with head.client.get(paper.format("xlsx")) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert line in [row[1].value for row in sheet.iter_rows(max_col=2)]
    with head.client.get(paper.format("pdf")) as answer:
        assert answer.data.startswith(b"%PDF")


def words_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*cells, *(p.text for p in document.paragraphs)])


def test_what_a_paper_carries_is_signed(world: World, log: Ledger) -> None:
    """The code holds the whole signed head: who has the paper can hold it against the log."""
    log.sealer.seal()
    with world.engine.connect() as conn:
        seal = seals.newest(conn)
    assert seal is not None

    note = verify.Note(seal.note)
    assert note.signed_by(verify.Key(str(SIGNER.public)))
    assert log.verify_against([seal.note])["ok"]


def test_every_mail_carries_it_too(world: World, log: Ledger) -> None:
    sealed = log.sealer.seal()
    assert sealed is not None

    post = post_of(world.app.extensions["dondoc"])
    assert post.checkpoint is not None
    assert sealed.checkpoint.root.hex() in post.checkpoint


def test_a_printed_page_has_a_picture_of_it(world: World, log: Ledger, as_: Open) -> None:
    client = world.app.test_client()
    assert client.get("/.well-known/dondoc/head.svg").status_code == 404
    sealed = log.sealer.seal()
    assert sealed is not None

    picture = client.get("/.well-known/dondoc/head.svg")
    assert picture.mimetype == "image/svg+xml"
    assert sealed.checkpoint.root.hex() in picture.text
    printed = as_(world.head()).get("/tasks").all("img", src="/.well-known/dondoc/head.svg")
    assert [i.get("loading") for i in printed] == ["lazy"]


def test_the_open_page_shows_it_to_everybody(world: World, log: Ledger) -> None:
    stranger = Reader(world.app)
    assert "Đầu nhật ký" not in stranger.get("/public").text
    sealed = log.sealer.seal()
    assert sealed is not None

    page = stranger.get("/public")
    assert f"{sealed.checkpoint.size} · {sealed.checkpoint.root.hex()}" in page.text
    assert "/.well-known/dondoc/checkpoint" in page.links
