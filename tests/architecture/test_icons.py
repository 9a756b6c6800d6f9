"""Every icon that a page asks for is in assets/icons.svg: a missing one is a grey square, and nothing complains."""

import re
from pathlib import Path

from alerts import feed
from portals.templatetags import look

ROOT = Path(__file__).resolve().parents[2]
DRAWN = set(re.findall(r'<symbol[^>]* id="i-([\w-]+)"', (ROOT / "assets" / "icons.svg").read_text()))
ASKED = re.compile(
    r"""{% icon "([\w-]+)"|\bsymbol="([\w-]+)"|{% state "\w+" (?:"[^"]*"|\S+) "([\w-]+)" %}|{% rail "\S+" "([\w-]+)" """
)


def of_templates():
    for template in (ROOT / "templates").rglob("*.html"):
        for names in ASKED.findall(template.read_text()):
            yield "".join(names), str(template.relative_to(ROOT))


def of_code():
    for symbols in (look.ICONS, feed.SYMBOLS):
        yield from ((name, "a severity or a tone") for name in symbols.values())
    yield from ((name, f"the state {state}") for state, (_, name) in look.STATES.items())


def test_every_icon_is_drawn():
    asked = [*of_templates(), *of_code()]

    missing = {f"{name} of {place}" for name, place in asked if name not in DRAWN}

    assert len(asked) > len(DRAWN) > 0
    assert not missing
