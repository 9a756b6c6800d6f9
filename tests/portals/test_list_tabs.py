"""What stands beside a list and leads to another view of it goes with the list: it keeps what one has just typed."""

import re

import pytest
from django.urls import reverse

WITH_TABS = [
    ("activity", "alice"), ("approval-queue", "alice"), ("license-list", "alice"), ("order-list", "alice"),
    ("ticket-list", "alice"), ("reseller-devices", "rita"), ("license-reseller-orders", "lena"),
    ("license-reseller-keys", "lena"), ("samsung-applications", "sam"), ("samsung-customers", "sam"),
    ("samsung-keys", "sam"), ("samsung-msps", "sam"), ("samsung-tickets", "sam"),
]  # fmt: skip
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(("name", "who"), WITH_TABS)
def test_the_tabs_of_a_list_keep_what_was_typed(world, client, name, who):
    client.force_login(getattr(world, who))

    part = client.get(reverse(name), {"q": "nord"}, headers=HTMX).text

    tabs = re.search(r'<ul class="views"\s+id="views".*?hx-swap-oob="true">.*?</ul>', part, re.DOTALL)
    assert tabs
    assert {"q=nord" in address for address in re.findall(r'href="([^"]+)"', tabs[0])} == {True}


def test_the_choice_of_columns_keeps_what_was_typed(world, client):
    client.force_login(world.alice)

    part = client.get(reverse("all-devices"), {"state": "all", "model": "Galaxy"}, headers=HTMX).text

    kept = re.search(r'<div id="asked".*?hx-swap-oob="true">(.*?)</div>', part, re.DOTALL)
    assert kept
    assert re.findall(r'name="(\w+)" value="(\w+)"', kept[1]) == [("model", "Galaxy"), ("state", "all")]
