"""Tags of customers: typed on the account page, shown to the MSP alone, a filter of the list, a reach of alerts."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from alerts.models import Alert
from onboarding import consents, customers, requests
from onboarding.forms.customers import EditCustomerForm
from tenants.models import Access, Customer, KnoxService
from tests.alerts.alarm import alert
from tests.mail.letters import newest_token

LIST = reverse("customer-list")


def tag(world, customer, *tags):
    with acting_as(world.alice):
        seen = Customer.objects.get(pk=customer.pk).modified_at
        customers.change(customer, msp=world.aurora, by=world.alice, seen=seen, tags=list(tags))


def tags_of(customer):
    with as_operator():
        return Customer.objects.get(pk=customer.pk).tags


def typed_into(page, tags):
    """What the account page sends, with these tags."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"tags": tags}


def edit(client, customer, tags):
    url = reverse("customer-edit", args=[customer.kcs_id])
    return client.post(url, typed_into(client.get(url), tags), follow=True)


def test_tags_are_typed_on_the_account_page_and_lead_to_the_list(world, client):
    client.force_login(world.alice)

    page = edit(client, world.first, 'key, Berlin & "Mitte", key').content.decode()

    assert tags_of(world.first) == ["key", 'Berlin & "Mitte"']
    assert f'<a href="{LIST}?tag=Berlin%20%26%20%22Mitte%22">' in page


def test_the_field_has_the_tags_that_are_there_and_saving_keeps_them(world, client):
    tag(world, world.first, "Berlin, Mitte", "key")
    client.force_login(world.alice)
    page = client.get(reverse("customer-edit", args=[world.first.kcs_id]))

    client.post(page.request["PATH_INFO"], typed_into(page, page.context["form"]["tags"].value()) | {"city": "Bonn"})

    assert page.context["form"]["tags"].value() == '"Berlin, Mitte", key'
    assert tags_of(world.first) == ["Berlin, Mitte", "key"]


def test_an_empty_field_takes_all_tags_away(world, client):
    tag(world, world.first, "key")
    client.force_login(world.alice)

    edit(client, world.first, "")

    assert tags_of(world.first) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (",".join(f"tag {number}" for number in range(21)), "A customer can have 20 tags; this one has 21."),
        ("a" * 41, "This tag has 41 letters. Use up to 40."),
    ],
)
def test_too_many_or_too_long_tags_are_refused_beside_the_field_and_stay_typed(world, client, typed, said):
    client.force_login(world.alice)

    response = edit(client, world.first, typed)

    assert response.status_code == 422
    assert isinstance(response.context["form"], EditCustomerForm)
    assert response.context["form"].errors == {"tags": [said]}
    assert typed in response.content.decode()


def test_the_list_and_its_csv_show_those_with_the_tag(world, client):
    tag(world, world.second, "Berlin", "key")
    client.force_login(world.alice)

    page = client.get(LIST, {"tag": "key"})
    lines = client.get(reverse("customer-export"), {"tag": ["key", "Berlin"]}).content.decode().splitlines()

    (chip,) = page.context["chips"]
    assert [row.name for row in page.context["page"].rows] == [world.second.name]
    assert (chip.label, chip.value, chip.remove_url) == ("Tags", "key", "?")
    assert len(lines) == 2
    assert lines[0].endswith(",Tags")
    assert lines[1].endswith(',"Berlin, key"')


def test_a_tag_that_nobody_has_finds_nothing_and_an_empty_one_is_left_out(world, client):
    client.force_login(world.alice)

    nobody, empty = (client.get(LIST, {"tag": typed}).context["page"] for typed in ("nobody", " "))

    assert (nobody.total, empty.total) == (0, 2)


def test_the_customers_own_people_do_not_read_the_tags(world, client):
    with acting_as(world.alice):
        asked = {"msp": world.aurora, "services": [KnoxService.CONFIGURE], "access": Access.FULL, "by": world.alice}
        requests.ask(world.contoso.kcs_id, **asked)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Bauer", job_title="IT")
    tag(world, world.contoso, "slow payer")
    client.force_login(world.carl)

    pages = [client.get(reverse(name)) for name in ("admin-portal-home", "admin-portal-activity")]

    assert [page.status_code for page in pages] == [200, 200]
    assert not any("slow payer" in page.content.decode() for page in pages)


def test_an_alert_offers_each_tag_of_its_customer(world, client):
    tag(world, world.first, "Berlin", "key")
    tag(world, world.second, "Berlin")
    at = [alert(world.first), alert(world.second), alert(world.foreign)]
    client.force_login(world.alice)

    page = client.get(reverse("alert", args=[at[0].pk])).content.decode()
    client.post(reverse("alert-act", args=[at[0].pk, "acknowledge"]), {"reach": "tag:Berlin"})

    assert "All like it at customers with the tag key" in page
    with as_operator():
        taken = [Alert.objects.get(pk=one.pk).acknowledged_by_id for one in at]
    assert taken == [world.alice.pk, world.alice.pk, None]


@pytest.mark.parametrize("act", ["acknowledge", "snooze", "assign"])
def test_a_tag_of_another_customer_is_no_choice(world, client, act):
    tag(world, world.second, "Berlin")
    one = alert(world.first)
    client.force_login(world.alice)

    response = client.post(
        reverse("alert-act", args=[one.pk, act]), {"reach": "tag:Berlin", "choice": "week", "to": world.alice.pk}
    )

    assert response.status_code == 422


def test_assigning_reaches_as_far_as_was_chosen(world, client):
    at = [alert(world.first), alert(world.first)]
    client.force_login(world.alice)

    page = client.post(
        reverse("alert-act", args=[at[0].pk, "assign"]), {"to": world.tom.pk, "reach": "customer"}, follow=True
    )

    assert f"You assigned 2 alerts to {world.tom}." in page.content.decode()
