"""Keys that their license reseller takes back."""

import pytest
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import keys, orders
from licensing.models import Key
from rules.errors import RuleBroken
from tests.licensing.ground import sold
from tests.licensing.ordering import accepted, seller
from tests.mail.letters import letters, said

pytestmark = pytest.mark.django_db


def test_a_withdrawn_key_is_told_to_the_seller_and_to_the_msp_that_ordered_it(world):
    order = accepted(world, customer=None)
    key, code = seller(world, orders.deliver, order)
    before = len(letters(world.alice.email)), len(letters(world.lena.email))

    with acting_as(world.sam), as_operator():
        keys.withdraw(key, reason="The bill was not paid.", by=world.sam)

    new = letters(world.alice.email)[before[0] :] + letters(world.lena.email)[before[1] :]
    assert [mail.subject for mail in new] == [f"Samsung withdrew the license key {key.masked}"] * 2
    for mail in new:
        assert "Reason: The bill was not paid." in " ".join(said(mail))
        assert code not in mail.message + mail.html_message


def test_a_key_is_not_withdrawn_without_a_reason(world):
    key, _ = seller(world, orders.deliver, accepted(world, customer=None))

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="The other side reads the reason"):
        keys.withdraw(key, reason=" ", by=world.sam)


def test_a_withdrawn_key_without_an_order_is_told_to_its_seller_alone(world):
    sold(world)
    with acting_as(world.sam), as_operator():
        key = Key.objects.latest("pk")
        keys.withdraw(key, reason="Sold twice.", by=world.sam)

    told = Email.objects.filter(subject__startswith="Samsung withdrew").values_list("to", flat=True)
    assert [world.lena.email in str(to) for to in told] == [True]


def test_the_log_of_the_msp_says_that_the_key_it_ordered_is_withdrawn(world):
    key, _ = seller(world, orders.deliver, accepted(world, customer=None))

    with acting_as(world.sam), as_operator():
        keys.withdraw(key, reason="The bill was not paid.", by=world.sam)

    with acting_as(world.alice):
        assert "The bill was not paid." in Event.objects.get(verb="key.withdrawn").sentence
