"""Bundles with something wrong in them: both verifiers say the same of each.

They come from a database somebody with every right tampered with, from one in which somebody with
the key as well has signed bodies of another shape, and from hands that wrote a line of the bundle
anew. A few of each kind run with the tests, `python -m bench bundles` runs the whole campaign.
"""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.databases import addresses, application, place
from bench.tables import keep, show
from bench.tamper import told_log
from ledger.checkpoint import Signer
from tests import browser as browsers
from tests.ledger import scene
from tests.ledger.bundles import export, rewrite_body, rewrite_line
from tests.ledger.receipts import offline_page
from tests.ledger.tampering import CLASSES, is_found
from tests.ledger.test_both_verifiers import both

OF_A_CLASS, BODIES, LINES = 50, 1_000, 2_000
Case = tuple[Path, list[str], Callable[[dict[str, Any]], bool]]


def found(_: dict[str, Any]) -> bool:
    """Whatever they say, if they both say it."""
    return True


def tampered(told: scene.Told, signer: Signer, folder: Path) -> Iterator[Case]:
    with scene.as_superuser(told) as (su, source):
        for name, harm in CLASSES.items():
            for case in range(OF_A_CLASS):
                with scene.taken_back(su):
                    done = harm(su, random.Random(f"{name} {case}"))
                    path = export(folder / "goi.zip", source, str(signer.public))
                yield path, list(told.kept), partial(is_found, done)


def of_another_shape(told: scene.Told, signer: Signer, folder: Path) -> Iterator[Case]:
    with scene.as_superuser(told) as (su, source):
        for case in range(BODIES):
            with scene.taken_back(su):
                rewrite_body(su, signer, random.Random(case))
                path = export(folder / "goi.zip", source, str(signer.public))
            yield path, [], found


def written_anew(told: scene.Told, signer: Signer, folder: Path) -> Iterator[Case]:
    with scene.as_superuser(told) as (_, source):
        whole = export(folder / "goi.zip", source, str(signer.public))
    for case in range(LINES):
        yield rewrite_line(whole, folder / "sua.zip", random.Random(case)), list(told.kept), found


def campaign(page: Page, key: str, cases: Iterator[Case]) -> tuple[int, list[str]]:
    """How many bundles, and of which the two said different things, or missed the right entry."""
    count, apart = 0, []
    for count, (path, kept, is_right) in enumerate(cases, 1):
        try:
            if not is_right(both(page, path, kept, key)):
                apart.append(f"{count}: không nêu đúng mục")
        except AssertionError as problem:
            apart.append(f"{count}: {problem}")
    return count, apart


def main() -> None:
    rows, figures = [], {}
    with addresses(("sqlite",)) as urls, application(urls["sqlite"]) as app, place() as folder:
        told, signer = told_log(app, folder)
        with browsers.chromium() as chromium, offline_page(chromium) as page:
            for make in (tampered, of_another_shape, written_anew):
                begin = time.perf_counter()
                count, apart = campaign(page, str(signer.public), make(told, signer, folder))
                seconds = time.perf_counter() - begin
                rows.append((make.__name__, count, len(apart), seconds))
                figures[make.__name__] = {"bundles": count, "apart": apart, "seconds": seconds}
    show(
        "Gói bị sửa: hai trình kiểm chứng nói cùng một điều",
        ("how", "bundles", "apart", "seconds"),
        rows,
    )
    print(f"\n{keep('bundles', figures)}")
