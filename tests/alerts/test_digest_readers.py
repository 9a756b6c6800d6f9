"""Whom the daily email reaches, and of what: who may see it, and wants to."""

import pytest
import time_machine
from post_office.models import Email

from accounts import mail_choices
from accounts.acting import acting_as, as_operator
from accounts.models import User
from alerts import bell
from alerts.models import Severity
from onboarding import consents, requests
from support import tickets
from tenants import memberships, msps
from tenants.models import Access, KnoxService, Membership
from tests.alerts.alarm import alert
from tests.alerts.daily import ALICE, CARL, DAY, HOUR, NOON, SAM, TOM, at, run
from tests.mail.letters import letter, letters, newest_token, said
from tests.support import ground
from tests.world import application, full_access

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_who_is_limited_to_some_customers_reads_of_those_alone_in_numbers_too(world):
    alert(world.first)
    alert(world.second)
    alert(world.foreign)

    run()

    assert {mail.to[0]: mail.subject for mail in Email.objects.all()} == {
        "alice@aurora.example": "2 alerts at 2 customers",
        "vera@people.example": "2 alerts at 2 customers",
        "tom@people.example": "1 alert at Fjordline Freight",
        "mira@people.example": "3 alerts at 3 customers",
        "bob@borealis.example": "1 alert at Cascadia",
    }


def test_people_of_a_suspended_msp_read_of_its_customers_no_more_until_its_end(world):
    alert(world.first)
    alert(world.foreign)
    with as_operator():
        msps.suspend(world.aurora, reason="Fraud.", by=world.sam)

    run()

    told = {mail.to[0]: mail.subject for mail in Email.objects.all()}
    assert told == dict.fromkeys(["mira@people.example", "bob@borealis.example"], "1 alert at Cascadia")
    with as_operator():
        msps.resume(world.aurora, by=world.sam)
    with time_machine.travel(NOON + DAY):
        run()
    assert letter(ALICE).subject == "1 alert at Fjordline Freight"


def test_who_looked_at_one_msp_reads_what_is_new_at_the_other(world):
    alert(world.foreign, age=HOUR)
    seen = alert(world.first)
    with acting_as(world.mira):
        bell.seen(world.mira, world.aurora, through=seen.changed_at)

    run()

    assert letter("mira@people.example").subject == "1 alert at Cascadia"


def test_a_customer_whose_access_went_with_its_consent_gets_nothing(world):
    with acting_as(world.alice):
        wish = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **wish)
    consents.approve(newest_token("consent", CARL), person="Carl")
    Email.objects.all().delete()
    alert(world.contoso)

    run()

    assert (letters(CARL), letter(ALICE).subject) == ([], "1 alert at Contoso")


def test_a_customer_with_access_gets_what_is_for_its_own_people(world):
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    karin = User.objects.create_user("karin@kestrel.example", first_name="Karin")
    with as_operator():
        memberships.join(karin, kestrel.roles.super_admin(), by=None)
    Email.objects.all().delete()
    alert(kestrel)
    alert(kestrel, kind="mail_to_team")

    run()

    mail = letter("karin@kestrel.example")
    assert mail.subject == "1 alert at Kestrel"
    assert "Open Knox Admin Portal:" in mail.message
    assert "You get this because you work for Kestrel." in mail.message


def test_a_direct_customer_gets_its_own(world):
    alert(world.contoso)

    run()

    assert [mail.to for mail in Email.objects.all()] == [[CARL]]


def test_a_blocked_person_and_one_who_cannot_sign_in_get_nothing(world):
    alert(world.first)
    User.objects.filter(pk=world.vera.pk).update(is_active=False)
    with as_operator():
        memberships.block(Membership.objects.get(user=world.alice), by=None)

    run()

    assert {mail.to[0] for mail in Email.objects.all()} == {"mira@people.example", "tom@people.example"}


def test_a_place_that_was_blocked_is_not_named_and_opens_nothing(world):
    """What Carl gets is about his own company and leads to its portal, though he once worked for an MSP."""
    with as_operator():
        memberships.block(
            memberships.join(world.carl, world.aurora.roles.get(name="Viewer"), by=world.alice), by=world.alice
        )
    Email.objects.all().delete()
    alert(world.first)
    alert(world.contoso)

    run()

    mail = letter(CARL)
    assert mail.subject == "1 alert at Contoso"
    assert "Open Knox Admin Portal:" in mail.message
    assert "You get this because you work for Contoso." in mail.message
    assert "You get this because you work for Aurora." in letter(ALICE).message


@pytest.mark.parametrize("topic", ["digest", "digest:devices_silent"])
def test_who_does_not_want_it_gets_nothing_and_the_others_do(world, topic):
    mail_choices.stop(world.alice, topic)
    alert(world.first)

    run()

    assert (letters(ALICE), len(letters(TOM))) == ([], 1)


def test_a_kind_that_is_not_wanted_leaves_the_others(world):
    mail_choices.stop(world.alice, "digest:devices_silent")
    alert(world.first)
    alert(world.first, kind="seats_missing", severity=Severity.CRITICAL)

    run()

    assert letter(ALICE).subject == "1 alert at Fjordline Freight"


def test_samsung_reads_how_many_applications_wait_and_since_when(world):
    with time_machine.travel(NOON - 3 * DAY, tick=False):
        application(world.nora)
    application(world.nora, company="Polaris Zwei", program="reseller", sells="devices", registration_number="HRB 1")
    Email.objects.all().delete()

    run()
    at(NOON + HOUR)

    mail = letter(SAM)
    assert mail.subject == "2 applications wait"
    assert said(mail) == ["2 applications wait for Samsung, the oldest since 9 Jan 2027, 12:00 UTC."]
    assert "Polaris" not in mail.message


def test_samsung_hears_every_day_while_something_waits_and_not_otherwise(world):
    run()
    nothing = letters(SAM)
    application(world.nora)
    Email.objects.all().delete()

    at(NOON + DAY)
    at(NOON + 2 * DAY)

    assert (nothing, len(letters(SAM))) == ([], 2)


def test_samsung_hears_nothing_of_a_ticket_that_it_answered(world):
    ticket = ground.opened(world.alice, own=world.aurora)
    with acting_as(world.sam), as_operator():
        tickets.answer(ticket, text="It is under Orders.", by=world.sam)
    Email.objects.all().delete()

    run()

    assert letters(SAM) == []


def test_a_samsung_admin_can_do_without(world):
    mail_choices.stop(world.sam, "queue")
    application(world.nora)
    Email.objects.all().delete()

    run()

    assert letters(SAM) == []
