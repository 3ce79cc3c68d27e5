"""What axe finds on a page that has come to rest."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ADMIN = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
READERS = [*ADMIN, "best-practice"]

# Colours on their way from one scheme to the other are nobody's design.
AT_REST = """() => document.getAnimations()
  .filter(each => each instanceof CSSTransition)
  .forEach(each => each.finish())"""


def axe(page: Page, rules: list[str] = READERS, context: str | None = None) -> str:
    """Return axe's report on `page`, or what the selector `context` names of it; "" is none."""
    page.wait_for_load_state()
    page.evaluate(AT_REST)
    options = {"runOnly": {"type": "tag", "values": rules}}
    results = Axe().run(page, context=context, options=options)
    return results.generate_report() if results.violations_count else ""
