"""Going through a page by keyboard alone, with the focus in sight at every step."""

from playwright.sync_api import Locator, Page

STEPS = 90
"""More than the longest page has; a trap for the focus is noticed here."""

# Where the keyboard is must be seen: on the control itself, or on the box that it stands in.
SHOWS_FOCUS = """
async () => {
  await new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)));
  const drawn = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const control = document.activeElement;
  if (!control || control === document.body) return "nothing has the focus";
  const box = control.getBoundingClientRect();
  const bar = control.closest(".bar, .rail, .skip, dialog") ? null : document.querySelector(".bar");
  const top = bar ? bar.getBoundingClientRect().bottom : 0;
  const inSight = box.bottom > top && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  if (!inSight) return `${control.outerHTML} is out of sight`;
  return drawn(control) || drawn(control.closest("label") || control) ? "" : `no mark around ${control.outerHTML}`;
}
"""


def go_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab (or another key) until the focus is there."""
    page.wait_for_load_state()  # before that, no script listens to what is pressed
    target.wait_for()
    for _ in range(STEPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
        trouble = page.evaluate(SHOWS_FOCUS)
        assert not trouble, trouble
    raise AssertionError(f"{key} does not reach {target}")


def press(page: Page, target: Locator) -> None:
    """Go to a link or a button and press Enter."""
    go_to(page, target)
    page.keyboard.press("Enter")


def fill(page: Page, answers: list[tuple[str, str]]) -> None:
    """Fill in a form from top to bottom: what to type for which label. A box to tick has nothing to type."""
    for label, text in answers:
        control = page.get_by_label(label, exact=True)
        go_to(page, control)
        page.keyboard.type(text or " ")
        kind = control.evaluate("element => element.type")
        if kind == "checkbox":
            assert control.is_checked()
        elif kind == "select-one":
            assert control.evaluate("element => element.selectedOptions[0].label") == text
