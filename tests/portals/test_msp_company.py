"""The MSP's own company: its super admin says how customers reach it."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import requests
from tenants.models import Access, KnoxService, Msp
from tests.mail.letters import newest_token

PAGE = reverse("msp-company")
NEW = {"support_phone": "+49 30 111 2222", "support_email": "Desk@aurora.example"}


def support(msp):
    with as_operator():
        return tuple(Msp.objects.values_list("support_phone", "support_email").get(pk=msp.pk))


def test_customers_read_the_new_phone_and_email_from_then_on(world, client):
    client.force_login(world.alice)
    assert PAGE in client.get(reverse("msp-dashboard")).text

    answer = client.post(PAGE, NEW)

    assert (answer.url, support(world.aurora)) == (PAGE, ("+49301112222", "desk@aurora.example"))
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.MANAGE], access=Access.NONE, by=world.alice
        )
    client.force_login(world.carl)
    page = client.get(reverse("consent", args=[newest_token("consent", world.carl.email)])).text
    assert "Support: +49301112222, desk@aurora.example." in page


def test_it_is_in_the_history_once_and_only_where_something_changed(world, client):
    client.force_login(world.alice)

    for typed in (NEW, NEW, NEW | {"support_phone": "+49301113333"}):
        client.post(PAGE, typed)

    with acting_as(world.alice):
        sentences = [one.sentence for one in Event.objects.filter(verb="msp.changed").order_by("pk")]
    assert sentences == [
        "changed the support phone and support email of Aurora",
        "changed the support phone of Aurora",
    ]


@pytest.mark.parametrize("who", ["tom", "vera"])
def test_whoever_is_no_super_admin_neither_sees_nor_changes_it(world, client, who):
    client.force_login(getattr(world, who))
    before = support(world.aurora)

    statuses = [client.get(PAGE).status_code, client.post(PAGE, NEW).status_code]

    assert (statuses, support(world.aurora)) == ([403, 403], before)
    assert PAGE not in client.get(reverse("msp-dashboard")).text


def test_postgresql_refuses_it_without_the_right(world):
    with acting_as(world.tom):
        changed = Msp.objects.filter(pk=world.aurora.pk).update(support_phone="+1")

    assert changed == 0


def test_no_other_entry_of_the_rail_is_marked_there(world, client):
    client.force_login(world.alice)

    nav = client.get(PAGE).text.split('id="nav"')[1].split("</nav>")[0]

    assert nav.count("aria-current") == 1
