"""What htmx sends from inside the dashboard's live part, whose own attributes its children inherit."""

import json
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from tests.alerts.alarm import alert
from tests.portals.alert_rows import DASHBOARD, shown

pytestmark = pytest.mark.django_db
_VOID = {"meta", "link", "input", "img", "br"}


class Sent(HTMLParser):
    """The parameters and headers that htmx adds to what each `hx-get` and `hx-post` asks for: of the nearest part."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        within = [*self.open, attrs]
        for verb in {"hx-get", "hx-post"} & attrs.keys():
            self.found[attrs[verb]] = tuple(self.inherited(within, name) for name in ("hx-vals", "hx-headers"))
        if tag not in _VOID:
            self.open.append(attrs)

    def handle_endtag(self, tag):
        self.open.pop()

    @staticmethod
    def inherited(within, name):
        return {key: value for one in within for key, value in json.loads(one.get(name) or "{}").items()}


def test_older_alerts_come_while_nothing_changes(world, client):
    made = [alert(world.first) for _ in range(12)]
    client.force_login(world.alice)
    first = client.get(DASHBOARD)
    address = first.context["page"].next
    values, _ = Sent(first.text).found[address]

    more = client.get(f"{DASHBOARD}{address}&{urlencode(values)}", headers={"HX-Request": "true"})

    assert "HX-Reswap" not in more.headers
    assert set(shown(more)) == {one.pk for one in made} - set(shown(first))


def test_the_page_asks_with_its_mark_and_hears_that_nothing_changed(world, client):
    alert(world.first)
    client.force_login(world.alice)

    for address in (DASHBOARD, f"{DASHBOARD}?customer={world.first.kcs_id}"):
        page = client.get(address)
        (asked,) = [one for one in Sent(page.text).found if "mark=" in one]

        assert client.get(asked, headers={"HX-Request": "true"})["HX-Reswap"] == "none"
