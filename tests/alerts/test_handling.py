"""Handling: who may, what others are told, how far one act reaches, and what the red number obeys."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from alerts import feed, handling
from alerts.handling import Reach, Tagged
from alerts.models import Alert, AlertComment
from audit.models import Event
from rules.errors import RuleBroken
from tenants import memberships
from tenants.models import Customer
from tests.alerts import alarm
from tests.world import person

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def alert(world):
    return alarm.alert(world.first)


def act(person, verb, alert, **more):
    with acting_as(person):
        return verb(alert, by=person, **more)


def refusal(person, verb, alert, **more):
    with pytest.raises(RuleBroken) as no, transaction.atomic():
        act(person, verb, alert, **more)
    return str(no.value), no.value.status


def again(alert):
    with as_operator():
        return Alert.objects.select_related("acknowledged_by", "assigned_to").get(pk=alert.pk)


def sets(person, msp):
    """How many this person finds in each of the four sets."""
    with acting_as(person):
        rows = feed.of_msp(msp)
        return [each().count() for each in (rows.urging, rows.acknowledged, rows.snoozed, rows.closed)]


def history(alert):
    with as_operator():
        return [one.sentence for one in Event.objects.filter(verb__startswith="alert.").order_by("pk")]


def test_acknowledged_it_leaves_the_red_number_and_says_who_is_on_it(world, alert):
    assert act(world.tom, handling.acknowledge, alert) == 1

    assert again(alert).acknowledged_by == world.tom
    assert sets(world.alice, world.aurora) == [0, 1, 0, 0]
    assert history(alert) == ["took on the alert: Silent devices"]


def test_the_first_counts_and_the_second_is_told(world, alert):
    act(world.tom, handling.acknowledge, alert)

    assert refusal(world.alice, handling.acknowledge, alert) == (f"{world.tom} is on it already.", 409)
    assert act(world.tom, handling.acknowledge, alert) == 0


def test_everybody_who_may_handle_it_can_undo(world, alert):
    act(world.tom, handling.acknowledge, alert)

    assert act(world.alice, handling.undo, alert) == 1

    assert sets(world.alice, world.aurora) == [1, 0, 0, 0]


VERBS = [
    (handling.acknowledge, {}),
    (handling.undo, {}),
    (handling.assign, {"to": None}),
    (handling.comment, {"text": "On it."}),
    (handling.snooze, {"until": None, "until_grows": True}),
    (handling.wake, {}),
]


@pytest.mark.parametrize(("verb", "more"), VERBS, ids=lambda one: getattr(one, "__name__", ""))
def test_who_only_views_handles_nothing(world, alert, verb, more):
    assert refusal(world.vera, verb, alert, **more) == (handling.NO_RIGHT, 403)


@pytest.mark.parametrize(("verb", "more"), VERBS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_over_is_said_to_be_over(world, verb, more):
    alert = alarm.alert(world.first, closed_at=timezone.now())

    assert refusal(world.alice, verb, alert, **more) == (handling.OVER, 409)


@pytest.mark.parametrize(("verb", "more"), VERBS, ids=lambda one: getattr(one, "__name__", ""))
@pytest.mark.parametrize("who", ["bob", "nora", "blake", "carl", "rita"])
def test_strangers_reach_no_alert_by_its_id(world, alert, who, verb, more):
    assert refusal(getattr(world, who), verb, alert, **more)[1] == 409  # as if it were not there


def test_full_access_lets_the_customers_people_read_and_not_handle(world):
    """Where an MSP manages, its people handle alerts."""
    alert = alarm.alert(world.contoso)
    assert act(world.carl, handling.acknowledge, alert) == 1

    with as_operator():
        of_aurora = Alert.objects.filter(pk=alarm.alert(world.contoso).pk)
        of_aurora.update(msp=world.aurora)
        managed = of_aurora.get()

    assert refusal(world.carl, handling.acknowledge, managed) == (handling.NO_RIGHT, 403)
    with acting_as(world.carl):
        assert Alert.objects.filter(pk=managed.pk).exists()


# How far it reaches


@pytest.fixture
def many(world):
    """Two alike at the first customer, one alike at the second and one elsewhere, one of another kind."""
    alike = [alarm.alert(customer) for customer in (world.first, world.first, world.second, world.foreign)]
    return [*alike, alarm.alert(world.first, kind="upload_waiting")]


@pytest.mark.parametrize(
    ("who", "reach", "changed"),
    [
        ("alice", Reach.ONE, [True, False, False, False, False]),
        ("alice", Reach.CUSTOMER, [True, True, False, False, False]),
        ("alice", Reach.ALL, [True, True, True, False, False]),
        ("tom", Reach.ALL, [True, True, False, False, False]),  # limited to the first customer
    ],
)
def test_one_act_for_all_like_it(world, many, who, reach, changed):
    assert act(getattr(world, who), handling.acknowledge, many[0], reach=reach) == sum(changed)

    assert [again(one).acknowledged_at is not None for one in many] == changed


@pytest.fixture
def tagged(world, many):
    """Both customers of Aurora are in Berlin, the first one is a key account; Borealis has the same words."""
    with as_operator():
        Customer.objects.filter(pk__in=[world.second.pk, world.foreign.pk]).update(tags=["Berlin"])
        Customer.objects.filter(pk=world.first.pk).update(tags=["key", "Berlin"])
    return many


@pytest.mark.parametrize(
    ("who", "tag", "changed"),
    [
        ("alice", "Berlin", [True, True, True, False, False]),
        ("alice", "key", [True, True, False, False, False]),
        ("tom", "Berlin", [True, True, False, False, False]),  # limited to the first customer
        ("mira", "Berlin", [True, True, True, False, False]),  # views those of the other MSP
    ],
)
def test_one_act_for_all_like_it_at_the_customers_with_a_tag(world, tagged, who, tag, changed):
    assert act(getattr(world, who), handling.acknowledge, tagged[0], reach=Tagged(tag)) == sum(changed)

    assert [again(one).acknowledged_at is not None for one in tagged] == changed


def test_a_tag_that_the_customer_does_not_have_reaches_nothing(world, tagged):
    said = refusal(world.alice, handling.acknowledge, tagged[2], reach=Tagged("key"))

    assert said == ("The customer of this alert does not have the tag key any more.", 409)
    assert [again(one).acknowledged_at for one in tagged] == [None] * 5


def test_assigning_by_a_tag_reaches_what_the_colleague_may_handle(world, tagged):
    assert act(world.alice, handling.assign, tagged[0], to=world.tom, reach=Tagged("Berlin")) == 2

    assert [again(one).assigned_to for one in tagged] == [world.tom, world.tom, None, None, None]


def test_what_mira_only_views_elsewhere_stays_as_it_is(world, many):
    """She is a technician of Aurora and a viewer of Borealis: the same act reaches one of her two MSPs."""
    assert act(world.mira, handling.snooze, many[0], until=timezone.now() + WEEK, reach=Reach.ALL) == 3

    assert not again(many[3]).is_snoozed


def test_one_act_reaches_one_msp_though_the_person_may_handle_alerts_of_two(world, many):
    nils = person("nils@people.example")
    with as_operator():
        for msp, by in ((world.aurora, world.alice), (world.borealis, world.bob)):
            memberships.join(nils, msp.roles.get(name="Technician"), by=by)

    assert act(nils, handling.acknowledge, many[0], reach=Reach.ALL) == 3

    assert again(many[3]).acknowledged_by is None


def test_what_a_colleague_is_on_stays_with_the_colleague(world, many):
    act(world.tom, handling.acknowledge, many[1])

    assert act(world.alice, handling.acknowledge, many[0], reach=Reach.ALL) == 2

    assert again(many[1]).acknowledged_by == world.tom


def test_one_line_of_history_however_many(world, many):
    act(world.alice, handling.acknowledge, many[0], reach=Reach.ALL)

    assert history(many[0]) == ["took on 3 alerts: Silent devices"]


# Assign, comment


def test_who_can_get_it_are_those_who_may_change_the_customer(world, alert):
    elsewhere = alarm.alert(world.second)

    with acting_as(world.alice):
        got = [[str(one.email).partition("@")[0] for one in handling.assignable(which)] for which in (alert, elsewhere)]

    assert got == [["alice", "mira", "tom"], ["alice", "mira"]]


def test_an_assigned_alert_still_counts_until_it_is_taken_on(world, alert):
    act(world.alice, handling.assign, alert, to=world.tom)

    assert again(alert).assigned_to == world.tom
    assert sets(world.alice, world.aurora) == [1, 0, 0, 0]
    assert history(alert) == [f"assigned the alert to {world.tom}: Silent devices"]


@pytest.mark.parametrize("who", ["vera", "bob", "carl", "blake"])
def test_nobody_gets_an_alert_who_could_not_handle_it(world, alert, who):
    _, status = refusal(world.alice, handling.assign, alert, to=getattr(world, who))

    assert (status, again(alert).assigned_to) == (422, None)


def test_assigning_all_reaches_what_the_colleague_may_handle(world, many):
    assert act(world.alice, handling.assign, many[0], to=world.tom, reach=Reach.ALL) == 2

    assert [again(one).assigned_to for one in many] == [world.tom, world.tom, None, None, None]


def test_comments_are_read_by_the_own_side(world, alert):
    act(world.tom, handling.comment, alert, text="  The warehouse has no network.  ")

    read = {}
    for who in ("alice", "vera", "bob", "carl"):
        with acting_as(getattr(world, who)):
            read[who] = list(AlertComment.objects.filter(alert=alert).values_list("text", flat=True))
    text = ["The warehouse has no network."]
    assert read == {"alice": text, "vera": text, "bob": [], "carl": []}


def test_one_comment_for_all_like_it_stands_under_each(world, tagged):
    assert act(world.alice, handling.comment, tagged[0], text="Ordered.", reach=Tagged("Berlin")) == 3

    with as_operator():
        under = set(AlertComment.objects.values_list("alert", "customer", "msp"))
    assert under == {(one.pk, one.customer_id, world.aurora.pk) for one in tagged[:3]}
    assert history(tagged[0]) == ["wrote a comment about 3 alerts: Silent devices"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_a_comment_says_something_and_not_too_much(world, alert, text):
    assert refusal(world.alice, handling.comment, alert, text=text)[1] == 422


def test_a_comment_cannot_be_put_under_a_foreign_alert(world, alert):
    foreign = alarm.alert(world.foreign)

    for own in ({"customer": world.first, "msp": world.aurora}, {"msp": world.aurora}, {"customer": world.first}):
        with pytest.raises(DatabaseError), acting_as(world.alice), transaction.atomic():
            AlertComment.objects.create(alert=foreign, by=world.alice, text="x", **own)


# Snooze


def test_a_snoozed_alert_comes_back_by_itself(world, alert):
    act(world.alice, handling.snooze, alert, until=timezone.now() + WEEK)
    assert sets(world.alice, world.aurora) == [0, 0, 1, 0]

    with time_machine.travel(timezone.now() + WEEK + timedelta(seconds=1)):
        assert sets(world.alice, world.aurora) == [1, 0, 0, 0]


def test_woken_it_counts_again(world, alert):
    act(world.alice, handling.snooze, alert, until=None, until_grows=True)

    act(world.tom, handling.wake, alert)

    assert sets(world.alice, world.aurora) == [1, 0, 0, 0]


@pytest.mark.parametrize("ago", [timedelta(days=-366), timedelta(), timedelta(days=1)])
def test_snoozing_is_into_the_future_and_not_for_ever(world, alert, ago):
    assert refusal(world.alice, handling.snooze, alert, until=timezone.now() - ago)[1] == 422


def test_snoozing_has_an_end(world, alert):
    assert refusal(world.alice, handling.snooze, alert, until=None)[1] == 422


def test_tomorrow_is_eight_in_the_morning_of_the_person_also_when_clocks_change():
    """On 25 Oct 2026 Berlin goes from CEST to CET: 08:00 is an hour later in UTC than the day before."""
    with timezone.override("Europe/Berlin"):
        until, grows = handling.until("tomorrow", now=datetime(2026, 10, 24, 20, 0, tzinfo=UTC))

    assert (until.astimezone(UTC), grows) == (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), False)
    assert handling.until("grows") == (None, True)
    with pytest.raises(RuleBroken):
        handling.until("never")
