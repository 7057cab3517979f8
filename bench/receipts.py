"""10,000 receipts with slips in them: both verifiers refuse each, and are of one mind.

2,000 of them run with the tests, `python -m bench receipts` runs the whole campaign.
"""

import random
import time

from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import issue, keys
from ledger.sealer import Sealer
from models.states import CycleState
from tests import browser as browsers
from tests.ledger.receipts import by_page, by_python, mutated, offline_page
from tests.make import settle

CASES, AT_ONCE = 10_000, 1_000


def main() -> None:
    with addresses(("sqlite",)) as urls, application(urls["sqlite"]) as app, place() as folder:
        world = settle(app, folder)
        world.open_year(2026)
        world.bring(world.cycle(), CycleState.COMPLETED)
        signer = keys.make(folder / "ledger", "bench.example/dondoc")
        sealed = Sealer(world.engine, folder / "ledger", lambda: world.now).seal()
        size = sealed.checkpoint.size if sealed else 0
        with world.engine.connect() as conn:
            receipts = [issue.receipt(conn, n) for n in range(size)]
    texts, key = [r.render() for r in receipts if r], str(signer.public)
    dice, begin = random.Random(29_40), time.perf_counter()
    accepted = apart = 0
    with browsers.chromium() as chromium, offline_page(chromium) as page:
        whole = by_python(texts, key) == by_page(page, texts, key) == list(range(size))
        for start in range(0, CASES, AT_ONCE):
            wrong = [mutated(texts[n % size], dice) for n in range(start, start + AT_ONCE)]
            ours, theirs = by_python(wrong, key), by_page(page, wrong, key)
            accepted += sum(found is not None for found in (*ours, *theirs))
            apart += sum(a != b for a, b in zip(ours, theirs, strict=True))
    took = time.perf_counter() - begin
    show(
        "Biên nhận bị sửa: không cái nào được nhận, hai trình kiểm chứng luôn cùng ý",
        ("receipts", "whole accepted", "mutated", "accepted", "apart", "seconds"),
        [(size, whole, CASES, accepted, apart, took)],
    )
    figures = {"whole": whole, "mutated": CASES, "accepted": accepted, "apart": apart}
    print(f"\n{keep('receipts', figures | {'seconds': took})}")
