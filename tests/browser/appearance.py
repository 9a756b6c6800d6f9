"""What is wrong with a page as it stands: for people who see, who do not, and who hold a phone."""

from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.live.browsing import PHONE, WIDE

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that a theme changes.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = """
async (options) => {
  const found = await axe.run(document, { ...options, resultTypes: ["violations"] });
  const parts = found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, node]));
  return parts.map(([rule, node]) => `${rule}: ${node.html} ${node.failureSummary}`);
}
"""
TOO_WIDE = """
() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const around = (part) => getComputedStyle(part).position === "absolute" ? part.offsetParent : part.parentElement;
  const isCut = (part) => part && (getComputedStyle(part).overflowX !== "visible" || isCut(around(part)));
  const parts = [...document.body.querySelectorAll("*")].filter((part) => !isCut(around(part)));
  const wide = parts.find((part) => part.getBoundingClientRect().right > clientWidth);
  return [`${scrollWidth} wide in a window of ${clientWidth}: ${wide?.outerHTML.slice(0, 300)}`];
}
"""


def problems(page: Page) -> list[str]:
    """In light and dark, on a wide screen and on a phone: what axe finds, and whether one must scroll sideways.

    Looked at from the top of the page: further down, what happens to be half under the bar is not too small.
    """
    page.evaluate(AXE_SCRIPT)
    return [f"{theme} {width}: {problem}" for theme, width, problem in _looks(page)]


def _looks(page: Page) -> Iterator[tuple[str, int, str]]:
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        for theme, rules in (("light", RULES), ("dark", COLORS)):
            page.emulate_media(color_scheme=theme)
            page.evaluate("scrollTo(0, 0)")
            for problem in (*page.evaluate(TOO_WIDE), *page.evaluate(AXE, rules)):
                yield theme, width, problem
