"""Phones join while the company gives itself to an MSP: nothing comes in after the consent (FAQ Q16)."""

from threading import Event
from time import sleep

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator
from devices import deployment_app
from devices.models import Approval, Device, Upload
from onboarding import consents, requests
from rules.errors import RuleBroken
from tenants.models import Access, KnoxService, Management
from tests import world as cast
from tests.devices.sending import imei
from tests.mail.letters import newest_token
from tests.races.committed import at_once
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
PHONES = 12


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def code_of(world):
    with acting_as(world.carl), transaction.atomic():
        return deployment_app.make(world.contoso, by=world.carl).code


def asked(world):
    """Aurora asks Contoso. Returns the link in the letter."""
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )
    return newest_token("consent", "carl@contoso.example")


def joining(code, number):
    return lambda: deployment_app.enroll(code, typed=imei(number))


def test_no_phone_joins_after_the_consent(world):
    code = code_of(world)
    link = asked(world)
    phones = [joining(code, number) for number in range(PHONES)]

    answers = at_once(*phones[:6], lambda: consents.approve(link, person="Carl"), *phones[6:])
    late = at_once(*(joining(code, 100 + number) for number in range(2)))

    joined = [one for one in answers if isinstance(one, Device)]
    refused = [one for one in [*answers, *late] if isinstance(one, RuleBroken)]
    with as_operator():
        since = Management.objects.get(customer=world.contoso).since
        found = list(Device.objects.filter(customer=world.contoso).values_list("imei", "added_at"))
    assert {at < since for _, at in found} <= {True}
    assert sorted(one for one, _ in found) == sorted(one.imei for one in joined)
    assert len(refused) == PHONES + 2 - len(joined)
    assert {(no.status, str(no).partition(".")[0]) for no in refused} == {
        (422, "The Knox Deployment App is for direct customers only")
    }


def test_a_phone_waits_for_a_consent_that_is_under_way(world):
    code = code_of(world)
    link = asked(world)
    under_way = Event()

    def consent() -> None:
        with transaction.atomic():
            consents.approve(link, person="Carl")
            under_way.set()
            sleep(1)

    def join() -> Device:
        under_way.wait(10)
        return deployment_app.enroll(code, typed=imei(1))

    _, refused = at_once(consent, join)

    with as_operator():
        assert (refused.status, Device.objects.count()) == (422, 0)


def test_one_phone_pressed_eight_times_joins_once(world):
    code = code_of(world)

    answers = at_once(*[joining(code, 1)] * 8)

    with as_operator():
        counts = [kind.objects.count() for kind in (Device, Approval, Upload)]
    assert ([isinstance(one, Device) for one in answers].count(True), counts) == (1, [1, 1, 1])


def test_a_phone_that_two_companies_want_joins_one(world):
    with acting_as(world.sam), as_operator():
        other = cast.customers.register(
            by=world.sam, services=[], name="Fabrikam", contact_email="f@fabrikam.example", **cast.CUSTOMER_FIELDS
        )
        codes = [code_of(world), deployment_app.make(other, by=world.sam).code]

    answers = at_once(*[joining(code, 1) for code in codes] * 3)

    assert [isinstance(one, Device) for one in answers].count(True) == 1
