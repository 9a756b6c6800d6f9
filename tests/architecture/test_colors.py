"""White text on the fills of buttons is readable, in light and dark, also under the pointer (WCAG 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "assets" / "portal.css").read_text()
ENOUGH = 4.5


def token(name):
    """The color of a token in light and in dark."""
    (light, dark) = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", CSS).groups()
    return {"light": light, "dark": dark}


def light_of(color):
    """Relative luminance, as WCAG defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("fill", ["accent", "accent-strong"])
def test_white_on_a_button_has_contrast(fill, theme):
    assert "--on-accent: #ffffff" in CSS

    contrast = 1.05 / (light_of(token(fill)[theme]) + 0.05)

    assert contrast >= ENOUGH
