"""Samsung reads what is sold, finds keys, and takes back those that serve nobody."""

import re

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import keys
from licensing.models import Key, Product
from rules.errors import RuleBroken
from tests.licensing.ground import sold

pytestmark = pytest.mark.django_db
REASON = "The bill was not paid."


@pytest.fixture
def sam(world, client):
    client.force_login(world.sam)
    return client


def key_of(code):
    with as_operator():
        return Key.objects.get(last5=code[-5:])


def page_of(code):
    return reverse("samsung-key", args=[key_of(code).pk])


def withdraw(client, code, **typed):
    return client.post(page_of(code), {"reason": REASON, "typed": code[-5:]} | typed, follow=True)


def test_every_product_is_shown_with_its_rules(sam):
    page = sam.get(reverse("samsung-products")).content.decode()

    for product in Product.objects.all():
        assert product.name in page


def test_keys_are_found_by_last_signs_state_and_license_reseller(world, sam):
    one, two = sold(world), sold(world)
    with acting_as(world.alice):
        keys.enter(world.first, one, by=world.alice)

    def found(query):
        return {row.last5 for row in sam.get(reverse("samsung-keys") + query).context["page"].rows}

    both = {one[-5:], two[-5:]}
    assert found("") == both
    assert found(f"?q={one[-5:]}") == {one[-5:]}
    assert found("?q=nordk") == both
    assert found(f"?q={world.license_reseller.public_id}") == both
    assert found("?q=nobody") == set()
    assert found("?state=used") == {one[-5:]}
    assert found("?region=asia_pacific") == set()


def test_no_page_holds_a_whole_key(world, sam):
    code = sold(world)

    shown = sam.get(reverse("samsung-keys")).content + sam.get(page_of(code)).content

    assert not re.search(rb"KLM\d\d(?:-[2-9A-Z]{5}){5}", shown)


def test_a_withdrawn_key_serves_nobody(world, sam):
    code = sold(world)

    answer = withdraw(sam, code)

    assert f"You withdrew {key_of(code)}." in answer.content.decode()
    assert key_of(code).withdrawn_at
    with as_operator():
        assert REASON in Event.objects.get(verb="key.withdrawn").sentence
    with acting_as(world.alice), pytest.raises(RuleBroken, match="This key cannot serve Fjordline Freight"):
        keys.enter(world.first, code, by=world.alice)


def test_a_key_is_withdrawn_with_a_reason_and_its_signs_only(world, sam):
    code = sold(world)

    without = withdraw(sam, code, reason=" ")
    wrong = withdraw(sam, code, typed="AAAAA")

    assert [without.status_code, wrong.status_code] == [422, 422]
    assert f"Type {code[-5:]} exactly as shown." in wrong.content.decode()
    assert key_of(code).withdrawn_at is None


def test_a_key_that_serves_a_customer_stays(world, sam):
    code = sold(world)
    with acting_as(world.alice):
        keys.enter(world.first, code, by=world.alice)

    answer = withdraw(sam, code)

    assert answer.status_code == 409
    assert "This key serves a customer already. It stays with it." in answer.content.decode()
    assert key_of(code).withdrawn_at is None


def test_a_key_is_withdrawn_once(world, sam):
    code = sold(world)
    withdraw(sam, code)

    answer = withdraw(sam, code)

    assert answer.status_code == 409
    assert "already. Nothing changed." in answer.content.decode()


def test_samsung_reads_before_it_writes_who_reads_the_reason(world, sam):
    page = sam.get(page_of(sold(world))).content.decode()

    assert "The license reseller, and the MSP that ordered the key, read it in an email." in page
