"""The isolation canary: silent while the walls stand, and heard by Samsung as soon as one does not (docs/adr/0035)."""

import pytest
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices.models import Device
from portals import canary
from tenants.models import Customer, Msp
from tests.mail.letters import letters

pytestmark = pytest.mark.django_db
REQUEST = RequestFactory().get("/customers/")


def as_owner(sql):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL role TO portal_owner")
        cursor.execute(sql)
        cursor.execute("SET LOCAL role TO portal_app")


def test_it_is_made_once_and_has_a_device(world):
    first, again = canary.keep(), canary.keep()

    assert first == again
    with as_operator():
        assert Device.objects.get(customer=first).serial == canary.marker()


def test_it_is_silent_while_the_walls_stand(world, caplog):
    heard = canary.listen()

    assert (heard, caplog.text) == ([], "")
    assert [mail for mail in letters("sam@samsung.example") if "canary" in mail.subject] == []


@pytest.mark.parametrize("table", ["tenants_customer", "devices_device", "tenants_msp", "devices_approval"])
def test_it_sings_when_a_policy_lets_everybody_see(world, caplog, table):
    as_owner(f"ALTER POLICY app_select ON {table} USING (true)")

    heard = canary.listen()

    assert f"{table} to person {world.alice.pk}" in heard
    assert f"{table} to nobody" in heard
    assert "isolation is broken" in caplog.text
    (letter,) = [mail for mail in letters("sam@samsung.example") if "canary" in mail.subject]
    assert table in letter.message


def test_it_sings_when_row_level_security_is_switched_off(world):
    as_owner("ALTER TABLE devices_upload DISABLE ROW LEVEL SECURITY")

    assert "devices_upload to nobody" in canary.listen()


def test_samsung_is_written_to_once_an_hour_and_the_log_each_time(world, caplog):
    as_owner("ALTER POLICY app_select ON devices_device USING (true)")

    canary.listen()
    canary.listen()

    assert len([mail for mail in letters("sam@samsung.example") if "canary" in mail.subject]) == 1
    assert caplog.text.count("isolation is broken") == 2


def test_a_page_with_its_name_is_withheld(world, client, caplog):
    canary.keep()
    as_owner("ALTER POLICY app_select ON tenants_customer USING (true)")
    with acting_as(world.alice):
        leaking = Customer.objects.get(name=canary.company())
    guarded = canary.cage(lambda _: HttpResponse(f"<td>{leaking.name}</td>"))

    answer = guarded(REQUEST)

    assert answer.status_code == 500
    assert canary.marker() not in answer.content.decode()
    assert "a page shows the canary: GET /customers/" in caplog.text


def test_other_pages_and_streams_pass(world):
    page, stream = HttpResponse("<td>Fjordline</td>"), StreamingHttpResponse([canary.marker()])

    assert canary.cage(lambda _: page)(REQUEST) is page
    assert canary.cage(lambda _: stream)(REQUEST) is stream


def test_samsungs_list_does_not_show_it(world, client):
    canary.keep()
    client.force_login(world.sam)

    page = client.get(reverse("samsung-msps"))

    assert page.status_code == 200
    assert canary.company() not in page.content.decode()
    with as_operator():
        assert Msp.objects.filter(name=canary.company()).exists()
