"""What people do about an alert: acknowledge, snooze, assign, comment."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.models import Severity
from tests.alerts.alarm import alert
from tests.portals.alert_rows import DASHBOARD, act, again


def test_who_acknowledges_takes_it_out_of_the_red_numbers_and_can_take_it_back(world, client):
    one = alert(world.first, severity=Severity.CRITICAL)
    client.force_login(world.alice)

    act(client, one, "acknowledge", next=DASHBOARD)
    after = client.get(DASHBOARD)
    aside = client.get(DASHBOARD, {"state": "acknowledged"})
    act(client, one, "undo")

    assert (after.context["counts"]["all"], after.context["counts"]["acknowledged"]) == (0, 1)
    assert "You are on it" in aside.content.decode()
    assert client.get(DASHBOARD).context["counts"]["critical"] == 1


def test_snoozing_hides_it_until_a_day_of_ones_own(world, client):
    one = alert(world.first)
    client.force_login(world.alice)
    day = timezone.localdate() + timedelta(days=9)

    act(client, one, "snooze", choice="day", until_day=day.isoformat())

    assert again(one).snoozed_until.date() in (day, day - timedelta(days=1))
    assert client.get(DASHBOARD).context["counts"]["snoozed"] == 1


@pytest.mark.parametrize(
    "fields", [{}, {"choice": "never"}, {"choice": "day"}, {"choice": "day", "until_day": "2001-01-01"}]
)
def test_a_day_that_has_passed_or_none_is_refused_with_the_rule(world, client, fields):
    one = alert(world.first)
    client.force_login(world.alice)

    answer = act(client, one, "snooze", **fields)

    assert answer.status_code == 422
    assert again(one).snoozed_until is None


def test_all_like_it_are_acknowledged_at_once(world, client):
    one, alike, other = alert(world.first), alert(world.second), alert(world.second, kind="seats_full")
    client.force_login(world.alice)

    act(client, one, "acknowledge", reach="all")

    assert [bool(again(each).acknowledged_at) for each in (one, alike, other)] == [True, True, False]


def test_an_alert_is_given_to_a_colleague_who_may_work_there(world, client):
    one = alert(world.first)
    client.force_login(world.alice)

    given = act(client, one, "assign", to=world.tom.pk)
    refused = act(client, one, "assign", to=world.bob.pk)

    assert given.status_code == 302
    assert refused.status_code == 422
    assert again(one).assigned_to == world.tom


def test_comments_are_read_by_colleagues(world, client):
    one = alert(world.first)
    client.force_login(world.alice)
    act(client, one, "comment", text="The reseller sends new phones on Monday.")
    client.force_login(world.vera)

    page = client.get(reverse("alert", args=[one.pk]))

    assert "The reseller sends new phones on Monday." in page.content.decode()


def test_htmx_gets_the_row_and_the_tiles(world, client):
    one = alert(world.first)
    client.force_login(world.alice)

    answer = client.post(reverse("alert-act", args=[one.pk, "acknowledge"]), headers={"HX-Request": "true"})

    html = answer.content.decode()
    assert f'id="alert-{one.pk}"' in html
    assert 'id="tiles"' in html
    assert "<html" not in html


@pytest.mark.parametrize(("name", "fields"), [("comment", {"text": ""}), ("snooze", {"choice": "day"})])
def test_a_refused_act_keeps_how_far_it_was_to_reach(world, client, name, fields):
    one = alert(world.first)
    client.force_login(world.alice)

    answer = act(client, one, name, reach="all", **fields)

    assert answer.status_code == 422
    reaches = {act: answer.context[f"{act}_reach"]["reach"].value() for act in ("comment", "assign", "snooze")}
    assert reaches == dict.fromkeys(("comment", "assign", "snooze"), "one") | {name: "all"}


def test_a_row_says_how_many_comments_it_has(world, client):
    one = alert(world.first)
    client.force_login(world.alice)
    act(client, one, "comment", text="New phones come on Monday.")

    pages = [client.get(address).text for address in (DASHBOARD, reverse("customer", args=[world.first.kcs_id]))]
    act(client, one, "comment", text="They came.")
    row = client.post(reverse("alert-act", args=[one.pk, "wake"]), headers={"HX-Request": "true"}).text

    said = [re.findall(r"\d comments?", html) for html in (*pages, row)]
    assert said == [["1 comment"], ["1 comment"], ["2 comments"]]
