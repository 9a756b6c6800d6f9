"""The daily email: at the hour of the person's zone, once a day, what is new and may be seen, and nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from post_office.models import Email

from accounts import mail_choices
from accounts.acting import acting_as, as_operator
from accounts.models import User
from alerts import bell, digests, handling, tasks
from alerts.models import Alert, Severity, Told
from onboarding import consents, requests
from tenants import access
from tenants.models import Access, KnoxService, Membership
from tests.alerts.alarm import alert
from tests.mail.letters import letter, letters, newest_token, said
from tests.world import application, full_access

pytestmark = pytest.mark.django_db
ALICE, TOM, CARL, SAM = "alice@aurora.example", "tom@people.example", "carl@contoso.example", "sam@samsung.example"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2027, 1, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(world, request):
    """Noon in UTC, where the cast lives: everybody's hour has come. No letter of the making of the world is left."""
    with time_machine.travel(getattr(request, "param", NOON), tick=False) as clock:
        Email.objects.all().delete()
        yield clock


def lives(user, zone, *, hour=7):
    User.objects.filter(pk=user.pk).update(time_zone=zone, digest_hour=hour)


def run():
    """One run of beat and worker."""
    for user_id in digests.due():
        digests.send(user_id)


def at(instant):
    with time_machine.travel(instant, tick=False):
        run()


# When -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "seven"),
    [
        ("Europe/Berlin", datetime(2027, 1, 13, 6, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 13, 12, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2027, 1, 13, 1, 30, tzinfo=UTC)),
        ("Pacific/Chatham", datetime(2027, 1, 12, 17, 15, tzinfo=UTC)),
    ],
)
def test_it_comes_at_seven_where_the_person_lives(world, zone, seven):
    run()
    lives(world.alice, zone)
    Email.objects.all().delete()
    alert(world.first)

    at(seven - MINUTE)
    early = letters(ALICE)
    at(seven)

    assert (early, len(letters(ALICE))) == ([], 1)


def test_it_comes_at_the_chosen_hour(world):
    lives(world.alice, "UTC", hour=18)
    alert(world.first)

    at(NOON.replace(hour=17, minute=59))
    early = letters(ALICE)
    at(NOON.replace(hour=18))

    assert (early, len(letters(ALICE))) == ([], 1)


def test_a_worker_that_was_down_at_the_hour_sends_it_later(world):
    alert(world.first)

    at(NOON.replace(hour=22))

    assert len(letters(ALICE)) == 1


def test_what_opens_after_the_hour_waits_for_the_next_day(world):
    run()
    alert(world.first)

    at(NOON + 6 * HOUR)
    same_day = letters(ALICE)
    at(NOON + DAY)

    assert (same_day, len(letters(ALICE))) == ([], 1)


def test_a_day_whose_hour_is_skipped_has_its_email(world):
    """In Berlin the clocks go from 02:00 to 03:00 on 28 March 2027."""
    lives(world.alice, "Europe/Berlin", hour=2)
    at(datetime(2027, 3, 27, 1, tzinfo=UTC))
    alert(world.first, age=-74 * DAY)

    at(datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    early = letters(ALICE)
    at(datetime(2027, 3, 28, 1, tzinfo=UTC))

    assert (early, len(letters(ALICE))) == ([], 1)


def test_a_day_whose_hour_comes_twice_has_one_email(world):
    """In Berlin the clocks go back from 03:00 to 02:00 on 31 October 2027."""
    lives(world.alice, "Europe/Berlin", hour=2)
    alert(world.first)
    at(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    alert(world.first)

    at(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))

    assert len(letters(ALICE)) == 1


def test_who_flies_west_has_no_second_email_that_day(world):
    lives(world.alice, "Asia/Seoul")
    alert(world.first)
    at(datetime(2027, 1, 13, 0, tzinfo=UTC))
    alert(world.first)
    lives(world.alice, "America/New_York")

    at(datetime(2027, 1, 13, 3, tzinfo=UTC))

    assert len(letters(ALICE)) == 1


# What -------------------------------------------------------------------------------------------------------------


def test_it_names_customer_alert_and_since_when_the_most_urgent_first(world):
    lives(world.alice, "Europe/Berlin")
    alert(world.first, age=HOUR)
    alert(world.second, kind="seats_missing", count=2, severity=Severity.CRITICAL, age=2 * HOUR)

    run()

    mail = letter(ALICE)
    assert mail.subject == "2 alerts at 2 customers"
    assert "Most urgent: 2 devices use – without a seat (Lumen Retail)" in mail.html_message
    assert said(mail) == [
        "New since the last email, the most urgent first:",
        "Critical: Lumen Retail: 2 devices use – without a seat, since 12 Jan 2027, 11:00 CET.",
        "Warning: Fjordline Freight: 3 devices silent for – days, since 12 Jan 2027, 12:00 CET.",
    ]
    assert "Open MSP Dashboard:\n" in mail.message
    assert "You get this because you work for Aurora." in mail.message


def test_one_customer_is_named_in_the_subject_with_its_id_once(world):
    alert(world.first)

    run()

    mail = letter(ALICE)
    assert mail.subject == "1 alert at Fjordline Freight"
    assert mail.message.count(world.first.kcs_id) == 1


def test_nothing_new_means_no_email(world):
    run()

    assert not Email.objects.exists()


def test_an_alert_is_in_one_email_only(world):
    alert(world.first)
    run()
    alert(world.second)

    at(NOON + DAY)
    at(NOON + 2 * DAY)

    assert [mail.subject for mail in letters(ALICE)] == [
        "1 alert at Fjordline Freight",
        "1 alert at Lumen Retail",
    ]


def test_an_alert_that_got_worse_is_news_again(world):
    one = alert(world.first)
    run()
    with as_operator():
        Alert.objects.filter(pk=one.pk).update(severity=Severity.CRITICAL)

    at(NOON + DAY)
    at(NOON + 2 * DAY)

    assert len(letters(ALICE)) == 2


def test_it_holds_twenty_lines_and_says_how_many_more(world):
    for _ in range(25):
        alert(world.first)

    run()
    at(NOON + DAY)

    paragraphs = said(letter(ALICE))
    assert (len(paragraphs), paragraphs[-1]) == (22, "and 5 more")


@pytest.mark.parametrize("state", ["acknowledged", "snoozed", "closed", "seen"])
def test_what_somebody_dealt_with_or_the_person_saw_is_no_news(world, state):
    one = alert(world.first)
    with acting_as(world.alice):
        if state == "acknowledged":
            handling.acknowledge(one, by=world.alice)
        if state == "snoozed":
            handling.snooze(one, until=timezone.now() + 2 * DAY, by=world.alice)
        if state == "seen":
            bell.seen(world.alice, through=one.changed_at)
    with as_operator():
        Alert.objects.filter(pk=one.pk, kind=one.kind).update(closed_at=timezone.now() if state == "closed" else None)

    run()

    assert letters(ALICE) == []


# Whom -------------------------------------------------------------------------------------------------------------


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
        access.join(karin, kestrel.roles.get(name=access.SUPER_ADMIN), by=None)
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
        access.block(Membership.objects.get(user=world.alice), by=None)

    run()

    assert {mail.to[0] for mail in Email.objects.all()} == {"mira@people.example", "tom@people.example"}


def test_a_place_that_was_blocked_is_not_named_and_opens_nothing(world):
    """What Carl gets is about his own company and leads to its portal, though he once worked for an MSP."""
    with as_operator():
        access.block(access.join(world.carl, world.aurora.roles.get(name="Viewer"), by=world.alice), by=world.alice)
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


# Once -------------------------------------------------------------------------------------------------------------


def test_a_run_that_is_killed_leaves_nothing_and_the_next_one_writes_it(world):
    alert(world.first)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        run()
        raise ZeroDivisionError
    left = Email.objects.count() + Told.objects.count()

    run()

    assert (left, len(letters(ALICE))) == (0, 1)


def test_a_doubled_task_writes_one_email(world):
    alert(world.first)

    for _ in range(3):
        tasks.write_digest(world.alice.pk)

    assert len(letters(ALICE)) == 1


def test_the_database_refuses_to_note_the_same_news_twice(world):
    one = alert(world.first)
    Told.objects.create(user=world.alice, alert=one, severity=Severity.WARNING)

    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.create(user=world.alice, alert=one, severity=Severity.WARNING)


# What waits for Samsung -------------------------------------------------------------------------------------------


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


def test_a_samsung_admin_can_do_without(world):
    mail_choices.stop(world.sam, "queue")
    application(world.nora)
    Email.objects.all().delete()

    run()

    assert letters(SAM) == []
