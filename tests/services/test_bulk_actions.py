"""Actions on more devices than a request waits for: a worker does them in blocks, on behalf of the one who asked."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import bulk_acts, tries
from devices.models import BulkAct
from rules import settings as rule
from services.bulk_actions import WORK
from services.models import Command
from tenants import memberships
from tenants.models import Membership, Msp
from tests.devices.many import few_are_many, newest
from tests.services.ground import ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(world, client, monkeypatch):
    """Five devices, of which four can be pushed to; three are many, and a block has two. Alice is signed in."""
    few_are_many(monkeypatch, world.sam, at_once=3)
    client.force_login(world.alice)
    kc = ground(world, devices=5)
    kc.force("configured")
    kc.force("in_progress", kc.devices[1])
    return kc


def ask(many, client, action="push", **data):
    address = reverse("customer-console-act", args=[many.customer.kcs_id, many.console.slug, action])
    return client.post(f"{address}?all=1", data)


def acted():
    with as_operator():
        return [event.detail["devices"] for event in Event.objects.filter(verb="service.acted").order_by("pk")]


def test_a_worker_does_it_and_the_page_says_what_came_of_it(many, client):
    answer = ask(many, client)
    page = answer.url
    before = (many.states().count("updates_pushed"), "0 of 5 devices" in client.get(page).content.decode())

    bulk_acts.run(newest().pk, WORK)

    told = client.get(page).content.decode()
    assert before == (0, True)
    assert many.states() == ["updates_pushed", "in_progress", *["updates_pushed"] * 3]
    assert ("for 4 devices" in told, str(many.devices[1]) in told, "every 1s" in told) == (True, True, False)
    assert (acted(), newest().params) == ([4], {})


def test_the_history_of_the_console_leads_to_it(many, client):
    page = ask(many, client).url

    history = client.get(reverse("customer-console-history", args=[many.customer.kcs_id, many.console.slug]))

    assert (f'href="{page}"' in history.content.decode(), "0 of 5 devices" in history.content.decode()) == (True, True)


def test_few_devices_are_done_at_once(world, many, client):
    rule.change("act_at_once", to=4, reason="A test", by=world.sam)

    ask(many, client)

    assert many.states().count("updates_pushed") == 4


def test_a_worker_that_was_killed_does_nothing_twice(many, client):
    ask(many, client)
    act = newest()
    bulk_acts._block(act, WORK)  # the first block; then the worker is gone

    bulk_acts.run(act.pk, WORK)
    bulk_acts.run(act.pk, WORK)

    with as_operator():
        pushed = list(Command.objects.filter(action="push").values_list("device", flat=True))
    assert sorted(pushed) == sorted(one.pk for one in many.devices if one != many.devices[1])
    assert (acted(), newest().seen) == ([4], 5)


def test_of_two_workers_one_goes_on(many, client):
    ask(many, client)
    act = newest()
    bulk_acts._block(act, WORK)

    with pytest.raises(tries.Overtaken):
        bulk_acts._block(act, WORK)

    assert newest().seen == 2


def test_who_may_not_any_more_does_not_go_on(world, many, client):
    ask(many, client)
    bulk_acts._block(newest(), WORK)
    with as_operator():
        memberships.block(Membership.objects.get(user=world.alice, msp=world.aurora), by=None)

    bulk_acts.run(newest().pk, WORK)

    act = newest()
    assert (act.state, act.refusal, act.done) == ("stopped", bulk_acts.LOST, 1)
    assert (many.states().count("updates_pushed"), acted()) == (1, [1])
    with as_operator():
        assert Event.objects.get(verb="service.acted").msp_id == world.aurora.pk


def test_a_suspended_msp_does_not_go_on(world, many, client):
    ask(many, client)
    with as_operator():
        Msp.objects.filter(pk=world.aurora.pk).update(suspended_at=act_time(), suspended_reason="A test")

    bulk_acts.run(newest().pk, WORK)

    assert (newest().refusal, many.states().count("updates_pushed")) == (bulk_acts.LOST, 0)


def act_time():
    return newest().asked_at


def test_too_few_seats_are_refused_before_anything_runs(world, many, client):
    with acting_as(world.alice):
        profile = many.thing()
    many.force("unassigned")
    with as_operator():
        many.license.seats = 4
        many.license.save(update_fields=["seats"])

    answer = ask(many, client, "assign", thing=profile.pk, license=many.license.pk)

    assert answer.status_code == 422
    assert "4 seats left, and 5 devices need one" in answer.content.decode()
    with as_operator():
        assert not BulkAct.objects.exists()


def test_devices_that_came_later_are_not_meant(world, many, client):
    ask(many, client)
    later = ground(world, devices=1)
    later.force("configured")

    bulk_acts.run(newest().pk, WORK)

    assert later.states() == ["configured"]


def test_a_dangerous_action_reaches_no_more_devices_than_were_confirmed(many, client):
    ask(many, client, "reset", typed="4", license=many.license.pk)
    many.force("configured", many.devices[1])  # it was left out, and its answer came since

    bulk_acts.run(newest().pk, WORK)

    act = newest()
    assert (act.state, act.refusal) == (
        "stopped", "More devices can have it now than the 4 that you confirmed, so it stopped here.",
    )  # fmt: skip
    with as_operator():
        assert Command.objects.filter(action="reset").count() <= 4


def test_what_breaks_is_tried_again_a_few_times(many, client, monkeypatch):
    ask(many, client)
    broken = bulk_acts.Work(WORK.devices, lambda act, ids: 1 / 0, WORK.end)

    for _ in range(tries.TRIES):
        with pytest.raises(ZeroDivisionError):
            bulk_acts.run(newest().pk, broken)

    assert (newest().state, newest().refusal) == ("stopped", bulk_acts.CRASHED)


class Killed(BaseException):
    """As by the system: nobody behind it does anything any more."""


def test_an_act_over_which_workers_are_killed_stops(many, client):
    ask(many, client)

    def killed(act, ids):
        raise Killed

    for _ in range(tries.TRIES):
        assert newest().state == "running"
        with pytest.raises(Killed):
            bulk_acts.run(newest().pk, bulk_acts.Work(WORK.devices, killed, WORK.end))
    with as_operator():
        BulkAct.objects.update(touched_at=timezone.now() - tries.SILENT)
    bulk_acts.run(newest().pk, WORK)

    assert (newest().state, newest().refusal) == ("stopped", bulk_acts.CRASHED)
