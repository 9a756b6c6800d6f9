"""The inventory as CSV."""

import pytest
from django.urls import reverse
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from portals import tasks
from rules import settings as rule
from tenants.models import Export
from tests.devices.inventory_pages import act_url, csv_of, numbered
from tests.devices.sending import MEID, added, imei


def test_the_csv_has_what_the_list_shows(two, client):
    added(two.alice, [MEID], customer=two.first, default_model="SM-A566B", order_number="PO7")

    head, *lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"tag": "drivers"}))

    assert head[:4] == ["IMEI", "MEID", "Serial number", "Model"]
    assert [line[0] for line in lines] == [imei(2), imei(1)]


def test_the_csv_of_ticked_rows_has_these_and_no_other(two, client):
    ids = [numbered(imei(1)).pk, numbered(imei(3)).pk]

    lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"device": ids}))

    assert [line[0] for line in lines[1:]] == [imei(1)]


def test_the_csv_of_all_customers_names_them(two, client):
    lines = csv_of(client.get(reverse("all-devices-export")))

    assert [line[0] for line in lines[1:]] == ["Lumen Retail", "Fjordline Freight", "Fjordline Freight"]


def test_a_tag_that_looks_like_a_formula_is_guarded(two, client):
    client.post(act_url(two, "tags", numbered(imei(1))), {"tags": "=1+1", "do": "add"})

    lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"tag": "=1+1"}))

    assert lines[1][5] == "'=1+1, drivers"


@pytest.mark.parametrize("name", ["customer-devices-export", "all-devices-export"])
def test_a_long_csv_is_made_by_the_worker_and_mailed_to_the_one_who_asked(two, client, name):
    with acting_as(two.sam), as_operator():
        rule.change("export_limit", to=1, reason="test", by=two.sam)
    args = [two.first.kcs_id] if name == "customer-devices-export" else []

    response = client.get(reverse(name, args=args), {"tag": "drivers"})
    with as_operator():
        export = Export.objects.get(user=two.alice)
    tasks.export_devices(str(export.pk))

    with as_operator():
        export.refresh_from_db()
    letter = Email.objects.latest("pk")
    assert (response.status_code, export.lines, letter.to) == (302, 2, [two.alice.email])
    assert letter.subject == "Your export of devices is ready"


def test_the_knox_admin_portal_streams_it_whole(two, client):
    with acting_as(two.sam), as_operator():
        rule.change("export_limit", to=1, reason="test", by=two.sam)
    added(two.carl, [imei(6)], customer=two.contoso)
    client.force_login(two.carl)

    lines = csv_of(client.get(reverse("admin-portal-devices-export")))

    assert [line[0] for line in lines[1:]] == [imei(6), imei(5)]
