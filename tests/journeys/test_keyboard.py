"""Every page by keyboard alone: each control is reached in its order, seen, and let go again.

At 640 × 400: what a window of 1280 × 800 shows at 200 %, where sticky bars cover most.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from models.states import Role
from tests.journeys.conftest import MINE, OWN, TO_READ, Office
from tests.make import CO_LEAD, INSPECTORATE, STANDING, SUPPORTING

WINDOW = {"width": 640, "height": 400}
# Numbers what Tab must reach, in the order of the page; a group of radios is one stop.
NUMBER = """() => {
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const groups = new Set();
  let n = 0;
  for (const one of document.querySelectorAll(wanted)) {
    const is_shown = one.checkVisibility({visibilityProperty: true}) && !one.disabled;
    if (!is_shown || one.closest('[hidden], [inert]')) continue;
    if (one.type === 'radio') {
      const group = `${one.form?.action} ${one.name}`;
      const chosen = document.querySelector(`input[name="${one.name}"]:checked`);
      if (groups.has(group) || (chosen && chosen !== one && chosen.form === one.form)) continue;
      groups.add(group);
    }
    one.dataset.walk = n++;
  }
  return n;
}"""
# Where the focus is now: its number, its name, and whether it can be seen.
LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
  const is_hit = ([x, y]) => {
    const there = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return there && (one.contains(there) || (there.contains(one) && there.matches('main *')));
  };
  return {
    number: one.dataset.walk === undefined ? null : Number(one.dataset.walk),
    name: `${one.tagName} ${(one.ariaLabel || one.innerText || one.name || one.id).slice(0, 40)}`,
    is_marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    is_uncovered: points.some(is_hit),
  };
}"""
# WCAG 1.4.12: a reader's own spacing of lines, letters and words.
SPACED = """() => {
  for (const one of document.querySelectorAll('body *')) {
    one.style.lineHeight = '1.5';
    one.style.letterSpacing = '0.12em';
    one.style.wordSpacing = '0.16em';
  }
}"""
# WCAG 2.5.8: 24 px each way, but for links in a sentence.
SMALL = """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary')]
  .filter(one => one.checkVisibility({visibilityProperty: true}))
  .map(one => [one, (one.labels?.[0]?.closest('.dd-choice') || one).getBoundingClientRect()])
  .filter(([one, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)}: ${box.width} × ${box.height}`)"""
SIDEWAYS = """() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"""


def walk(page: Page) -> list[str]:
    """Tab through the page once; what is wrong with it."""
    page.wait_for_load_state()
    count = page.evaluate(NUMBER)
    faults, seen = [], []
    sideways = page.evaluate(SIDEWAYS)
    if sideways > 0:
        faults.append(f"{sideways} px too wide")
    for _ in range(count + 2):
        page.keyboard.press("Tab")
        now: dict[str, Any] | None = page.evaluate(LOOK)
        if now is None or (seen and now["number"] == seen[0]):
            break
        if not now["is_marked"]:
            faults.append(f"{now['name']}: the focus cannot be seen")
        if not now["is_uncovered"]:
            faults.append(f"{now['name']}: covered by something else")
        if now["number"] is None:
            faults.append(f"{now['name']}: a stop that is no control")
        else:
            seen.append(now["number"])
    else:
        faults.append("the focus never leaves the page")
    if seen != sorted(seen):
        faults.append("the order of Tab is not the order of the page")
    missed = set(range(count)) - set(seen)
    if missed:
        first = page.locator(f"[data-walk='{min(missed)}']").evaluate("one => one.outerHTML")
        faults.append(f"{len(missed)} never reached: {first[:120]}")
    faults += [f"small: {one}" for one in page.evaluate(SMALL)]
    page.evaluate(SPACED)
    if (sideways := page.evaluate(SIDEWAYS)) > 0:
        faults.append(f"{sideways} px too wide with wide spacing")
    return faults


def test_every_control_is_reached_seen_and_let_go(office: Office, page: Page) -> None:
    world = office.world
    report = office.cycle(TO_READ[0], CO_LEAD)
    places = (
        (world.head(), ("/inbox", "/tasks", f"/cycles/{office.cycle(MINE[0])}/report")),
        (world.judge, (f"/cycles/{report}", "/verify", f"/verify/review?at={report}")),
        (world.office, (f"/verify/{office.cycle(OWN, STANDING)}", f"/urge?agency={SUPPORTING}")),
        (world.person(Role.INSPECTOR, INSPECTORATE), ("/audit", "/dashboard", "/account")),
    )
    page.set_viewport_size(WINDOW)
    page.emulate_media(reduced_motion="reduce")  # so that a scroll is over when we look
    faults = {}
    for who, paths in places:
        page.context.clear_cookies()
        office.enter(page, who)
        for path in paths:
            page.goto(office.url + path)
            if found := walk(page):
                faults[path] = found

    assert not faults, "\n".join(f"{p}: {f}" for p, fs in faults.items() for f in fs)


@pytest.mark.parametrize(
    ("harm", "noticed"),
    [
        ("document.querySelector('a.dd-brand').tabIndex = -1", "never reached"),
        ("document.querySelector('main').style.cssText = 'width: 900px'", "px too wide"),
        (
            "document.querySelector('a.dd-brand').addEventListener("
            "'keydown', (event) => event.preventDefault())",
            "never leaves",
        ),
        (
            "document.querySelector('a.dd-brand').style.cssText = "
            "'outline: none !important; box-shadow: none !important'",
            "cannot be seen",
        ),
        (
            "document.body.insertAdjacentHTML('beforeend', '<div id=lid></div>');"
            "document.querySelector('#lid').style.cssText = "
            "'position: fixed; inset: 0; z-index: 99; pointer-events: auto'",
            "covered by",
        ),
    ],
)
def test_the_walk_notices(office: Office, page: Page, harm: str, noticed: str) -> None:
    page.set_viewport_size(WINDOW)
    page.goto(f"{office.url}/help")
    page.evaluate(f"() => {{ {harm} }}")

    assert any(noticed in fault for fault in walk(page))
