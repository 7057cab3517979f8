"""J7: an inspector finds one event and proves it offline in four clicks."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from ledger import keys, verify
from ledger.service import Ledger
from models.states import CycleState, Role
from tests import browser as browsers
from tests.ledger.conftest import SIGNER
from tests.make import INSPECTORATE, World
from tests.web.conftest import Open, as_, clock

__all__ = ["as_", "clock"]


def test_one_event_is_proved_offline_in_four_clicks(
    world: World, as_: Open, page: Page, chromium: Browser, tmp_path: Path
) -> None:
    services = world.app.extensions["dondoc"]
    settings = services.settings
    log = Ledger(services.engine, settings.home, settings.files, lambda: world.now)
    keys.save(log.folder, SIGNER)
    world.bring(world.cycle(), CycleState.REPORTED)
    log.sealer.seal()
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    cookie = inspector.client.get_cookie("dondoc")
    assert cookie is not None
    with browsers.serving(world.app) as server:
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])
        page.goto(f"{server.url}/audit?command=report")
        # 1: the event; 2: its receipt.
        page.get_by_role("row").filter(has_text="gửi báo cáo").get_by_role("link").first.click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải biên nhận").click()
        proof = tmp_path / download.value.suggested_filename
        download.value.save_as(proof)
    context = chromium.new_context(offline=True)
    offline = context.new_page()
    offline.goto(Path(verify.__file__).with_name("verify.html").as_uri())
    offline.get_by_label("Dòng khóa công khai").fill(log.key_lines()[0])
    # 3 and 4: the file is chosen and opened.
    offline.get_by_label("Biên nhận").set_input_files(proof)
    offline.get_by_text("ĐÚNG: mục này nằm trong nhật ký").wait_for()
    told = offline.locator("#answer").inner_text()
    context.close()
    assert "report: in_progress → reported" in told
