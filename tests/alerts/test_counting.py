"""Counting: what is opened, changed and closed, whatever ran before; and what stays of people's handling."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from alerts import counting, feed, handling, tasks
from alerts.counting import Outcome
from alerts.models import Alert, AlertComment, Recount
from devices import approvals
from onboarding import consents, endings, requests
from tenants import managements
from tenants.models import Access, KnoxService
from tests.alerts import alarm
from tests.alerts.causes import bounced_of, management
from tests.devices.sending import imei, waiting
from tests.mail.letters import newest_token
from tests.services.ground import ground
from tests.world import customer

pytestmark = pytest.mark.django_db
NOTHING = Outcome(0, 0, 0)


def lasting(**which):
    with as_operator():
        return list(Alert.objects.lasting().filter(**which).order_by("pk").values_list("kind", "count", "severity"))


def only(**which):
    with as_operator():
        return Alert.objects.select_related("customer").get(**which)


@pytest.fixture
def broken(world):
    """Two devices of the first customer report an error."""
    made = ground(world)
    made.force("error")
    counting.recount(full=True)
    return made


def test_a_doubled_run_finds_nothing_to_do(world, broken):
    assert counting.recount(full=True) == NOTHING
    assert counting.recount(full=False) == NOTHING


def test_a_run_that_dies_leaves_nothing_and_the_next_one_finds_all(world, broken):
    broken.force("configured")

    with transaction.atomic():
        counting.recount(full=True)
        transaction.set_rollback(True)  # the worker is killed before the commit

    assert lasting(kind="devices_attention") == [("devices_attention", 2, "warning")]
    assert counting.recount(full=True).closed == 1


def test_another_count_changes_the_same_alert(world, broken):
    before = only(kind="devices_attention")
    broken.force("configured", broken.devices[0])

    assert counting.recount(full=True) == Outcome(0, 1, 0)

    after = only(kind="devices_attention")
    assert (after.pk, after.count, after.since) == (before.pk, 1, before.since)
    assert after.changed_at > before.changed_at


def test_each_state_is_an_alert_of_its_own_and_names_no_number(world, broken):
    broken.force("cancelled_by_user", broken.devices[0])

    assert counting.recount(full=True) == Outcome(1, 1, 0)

    with as_operator():
        prints = set(Alert.objects.lasting().filter(kind="devices_attention").values_list("fingerprint", flat=True))
    assert prints == {"devices_attention:KC:error:", "devices_attention:KC:cancelled_by_user:"}


def test_devices_that_lost_their_license_are_critical(world):
    made = ground(world, "KM")

    made.force(made.console.unlicensed)
    counting.recount(full=True)

    assert lasting(kind="devices_attention") == [("devices_attention", 2, "critical")]


def test_a_cause_that_comes_back_is_a_new_alert_and_the_old_one_is_history(world, broken):
    broken.force("configured")
    counting.recount(full=True)
    broken.force("error")
    counting.recount(full=True)

    with as_operator():
        own = Alert.objects.filter(kind="devices_attention")
        assert (own.lasting().count(), own.closed().count()) == (1, 1)


def test_news_is_counted_without_the_others(world, broken):
    """An alert of another customer without a fact stands until the full run: it was not looked at."""
    stale = alarm.alert(world.foreign)
    counting.recount_customers([world.first.pk])

    assert only(pk=stale.pk).closed_at is None
    assert counting.recount(full=True).closed == 1


def test_what_a_reseller_sent_and_what_a_device_reported_is_news(world):
    waiting(world, [imei(3)], customer=world.second)
    ground(world).force("error")

    with as_operator():
        assert {world.first.pk, world.second.pk} <= set(counting._news())


def test_the_stamp_is_the_newest_run(world):
    assert feed.as_of() is None

    counting.recount(full=True)
    first = feed.as_of()
    tasks.recount_changed()

    assert feed.as_of() > first
    assert set(Recount.objects.values_list("kind", flat=True)) == {"full", "changed"}


def test_one_msp_can_have_its_customers_counted(world):
    waiting(world, [imei(3)], customer=world.first)

    tasks.recount_msp(world.borealis.pk)
    assert lasting() == []

    tasks.recount_msp(world.aurora.pk)
    assert lasting() == [("upload_waiting", 1, "waiting")]


# Handling stays


def by_alice(world, verb, alert, **more):
    with acting_as(world.alice):
        return verb(alert, by=world.alice, **more)


def test_snooze_and_acknowledgement_survive_a_changed_count(world, broken):
    alert = only(kind="devices_attention")
    by_alice(world, handling.acknowledge, alert)
    by_alice(world, handling.snooze, alert, until=timezone.now() + timedelta(days=3))
    more = ground(world)

    more.force("error")
    counting.recount(full=True)

    after = only(kind="devices_attention")
    assert (after.count, after.acknowledged_by_id, after.is_snoozed) == (4, world.alice.pk, True)


def test_until_the_number_grows_means_until_then(world, broken):
    by_alice(world, handling.snooze, only(kind="devices_attention"), until=None, until_grows=True)
    broken.force("configured", broken.devices[0])
    counting.recount(full=True)
    assert only(kind="devices_attention").is_snoozed_until_it_grows
    broken.force("error", broken.devices[0])
    counting.recount(full=True)
    assert only(kind="devices_attention").is_snoozed  # as many as it was snoozed with

    ground(world).force("error")
    counting.recount(full=True)

    assert not only(kind="devices_attention").is_snoozed


def test_a_worse_severity_brings_it_back_and_takes_it_from_whoever_was_on_it(world):
    alert = alarm.alert(world.first, kind="devices_attention", service="KC", severity="waiting",
                        fingerprint="devices_attention:KC:error:")  # fmt: skip
    by_alice(world, handling.acknowledge, alert)
    by_alice(world, handling.assign, alert, to=world.alice)
    by_alice(world, handling.snooze, alert, until=timezone.now() + timedelta(days=3))

    ground(world).force("error")
    counting.recount(full=True)

    after = only(pk=alert.pk)
    assert (after.severity, after.acknowledged_by, after.is_snoozed) == ("warning", None, False)
    assert after.assigned_to_id == world.alice.pk


# Whose it is


def test_when_the_management_ends_the_alerts_are_the_customers_and_nobody_reads_who_handled_them(world, broken):
    alert = only(kind="devices_attention")
    by_alice(world, handling.acknowledge, alert)
    by_alice(world, handling.comment, alert, text="Their phones are old.")

    with as_operator():
        endings.end(management(world, world.first))
    counting.recount(full=True)

    with acting_as(world.alice):
        assert list(feed.of_msp(world.aurora).values_list("kind", flat=True)) == ["management_ended"]
        assert not AlertComment.objects.exists()
    with as_operator():
        old, new = Alert.objects.filter(kind="devices_attention").order_by("pk")
    assert (old.acknowledged_by_id, old.closed_at is None, new.msp_id) == (None, False, None)


def asked(world):
    with acting_as(world.alice):
        wanted = {"services": [KnoxService.CONFIGURE], "access": Access.NONE}
        return requests.ask(world.contoso.kcs_id, msp=world.aurora, by=world.alice, **wanted)


def test_a_customer_that_comes_to_an_msp_brings_its_alerts_along(world):
    bounced_of(world.contoso)
    asked(world)
    counting.recount(full=True)
    with acting_as(world.carl):
        assert [one.msp for one in feed.of_customer(world.contoso, msp=None)] == []  # for MSPs alone
    assert lasting(msp=world.aurora) == [("consent_waiting", 1, "waiting")]

    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")
    counting.recount(full=True)

    assert lasting(msp=world.aurora) == [("mail_to_contact", 1, "warning")]
    assert lasting(msp=None) == []


def test_a_letter_that_fails_counts_for_the_customer_that_it_is_about_alone(world):
    same = world.first.contact_email
    other = customer(world.borealis, world.bob, "Kestrel", country="US", province="Washington", contact_email=same)
    bounced_of(world.first)

    counting.recount(full=True)

    with as_operator():
        told = Alert.objects.filter(kind="mail_to_contact").values_list("customer", "count")
        assert (list(told), other.contact_email) == ([(world.first.pk, 1)], same)


def seen(person, msp):
    with acting_as(person):
        return sorted(feed.of_msp(msp).values_list("kind", flat=True))


def test_the_next_msp_does_not_read_what_the_one_before_was_told(world):
    """Those alerts stay in the table, and PostgreSQL shows them to whoever sees the customer."""
    before = alarm.alert(world.first, kind="mail_to_contact")
    alarm.alert(world.first)
    with as_operator():
        Alert.objects.filter(pk=before.pk).update(msp=world.borealis)

    with acting_as(world.alice):
        of_customer = feed.of_customer(world.first, msp=world.aurora)
        assert list(of_customer.values_list("kind", flat=True)) == ["devices_silent"]
    assert seen(world.alice, world.aurora) == ["devices_silent"]


def test_each_person_reads_the_own_customers_alerts(world):
    waiting(world, [imei(3)], customer=world.second)
    ground(world).force("error")
    alarm.alert(world.foreign)
    asked(world)
    counting.recount_customers([world.first.pk, world.second.pk])

    aurora, borealis = world.aurora, world.borealis
    got = {
        "alice": seen(world.alice, aurora),
        "vera": seen(world.vera, aurora),
        "tom": seen(world.tom, aurora),
        "bob": seen(world.bob, borealis),
        "bob, foreign": seen(world.bob, aurora),
        "nora": seen(world.nora, aurora),
        "blake": seen(world.blake, aurora),
        "sam": seen(world.sam, aurora),
    }

    every = ["consent_waiting", "devices_attention", "upload_waiting"]
    assert got == {
        "alice": every, "vera": every, "tom": ["devices_attention"], "bob": ["devices_silent"],
        "bob, foreign": [], "nora": [], "blake": [], "sam": [],
    }  # fmt: skip


def test_the_customers_own_people_read_theirs_if_they_have_access(world):
    alarm.alert(world.contoso)
    alarm.alert(world.contoso, kind="mail_to_team")
    alarm.alert(world.first)

    with acting_as(world.carl):
        assert list(feed.of_customer(world.contoso, msp=None).values_list("kind", flat=True)) == ["devices_silent"]
        assert not feed.of_customer(world.first, msp=None).exists()
    with as_operator():
        managements.close_consoles(world.contoso)
    with acting_as(world.carl):
        assert not Alert.objects.exists()


@pytest.mark.parametrize("change", [
    {"count": 1}, {"severity": "waiting"}, {"closed_at": timezone.now()}, {"customer": None}, {"msp": None},
])  # fmt: skip
def test_nobody_but_counting_changes_what_was_counted(world, change):
    alert = alarm.alert(world.first)

    with pytest.raises(DatabaseError), acting_as(world.alice), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)


def test_one_open_alert_a_cause(world):
    alert = alarm.alert(world.first)

    with pytest.raises(DatabaseError, match="one_open_alert_a_cause"), transaction.atomic():
        alarm.alert(world.first, fingerprint=alert.fingerprint)


def test_an_approval_is_gone_from_the_feed_with_the_next_run(world):
    approval = waiting(world, [imei(3)], customer=world.first)
    counting.recount(full=False)
    assert lasting() == [("upload_waiting", 1, "waiting")]

    with acting_as(world.alice):
        approvals.approve(approval, by=world.alice)
    counting.recount(full=False)

    assert lasting() == []
