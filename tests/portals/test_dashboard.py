"""The MSP Dashboard: whose alerts it shows, and that its numbers agree."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from alerts import bell, counting, feed
from alerts.models import Severity
from devices import approvals
from onboarding import requests
from portals import charts, figures
from support import tickets
from tenants.models import Access, KnoxService, Reseller
from tenants.regions import Region
from tests import world as cast
from tests.alerts.alarm import alert
from tests.devices.sending import added, imei, waiting
from tests.portals.alert_rows import DASHBOARD, act, again, shown
from tests.services.ground import ground
from tests.support import ground as support


def test_a_waiting_upload_is_on_the_dashboard_and_goes_when_it_is_decided(world, client):
    approval = waiting(world, [imei(3)], customer=world.first)
    counting.recount(full=True)
    client.force_login(world.alice)
    (line,) = client.get(DASHBOARD).context["lines"]

    with acting_as(world.alice):
        approvals.approve(approval, by=world.alice)
    counting.recount(full=True)

    assert line.title == "1 upload waits for approval"
    assert client.get(line.url).status_code == 200
    assert shown(client.get(DASHBOARD)) == []
    assert shown(client.get(DASHBOARD, {"state": "closed"})) == [line.alert.pk]


def test_the_newest_alert_is_first_and_older_ones_are_behind_load_previous(world, client):
    made = [alert(world.first, age=timedelta(hours=number)) for number in range(15)]
    client.force_login(world.alice)

    first = client.get(DASHBOARD)
    more = client.get(DASHBOARD + first.context["page"].next)

    assert shown(first) == [one.pk for one in made[:10]]
    assert shown(more) == [one.pk for one in made[10:]]
    assert "LOAD PREVIOUS" in first.content.decode()


def test_one_customer_or_all(world, client):
    one, other = alert(world.first), alert(world.second)
    client.force_login(world.alice)

    everything = client.get(DASHBOARD)
    of_first = client.get(DASHBOARD, {"customer": world.first.kcs_id})

    assert set(shown(everything)) == {one.pk, other.pk}
    assert shown(of_first) == [one.pk]
    assert of_first.context["counts"]["all"] == 1


def test_people_see_the_alerts_of_their_own_customers_alone(world, client):
    own, second, foreign = alert(world.first), alert(world.second), alert(world.foreign)
    seen = {}

    for who in ("alice", "tom", "bob"):
        client.force_login(getattr(world, who))
        page = client.get(DASHBOARD)
        seen[who] = (set(shown(page)), page.context["counts"]["all"])

    assert seen == {"alice": ({own.pk, second.pk}, 2), "tom": ({own.pk}, 1), "bob": ({foreign.pk}, 1)}


@pytest.mark.parametrize("which", ["second", "foreign", "contoso"])
def test_a_customer_that_is_not_ones_own_is_not_there(world, client, which):
    client.force_login(world.tom)

    answer = client.get(DASHBOARD, {"customer": getattr(world, which).kcs_id})

    assert answer.status_code == 404


def test_the_alert_of_a_customer_that_one_does_not_see_is_not_there(world, client):
    hidden = alert(world.second)
    client.force_login(world.tom)

    answers = [client.get(reverse("alert", args=[hidden.pk])), act(client, hidden, "acknowledge")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert again(hidden).acknowledged_at is None


def test_a_viewer_reads_alerts_and_has_no_buttons(world, client):
    one = alert(world.first)
    client.force_login(world.vera)

    page = client.get(DASHBOARD)
    refused = act(client, one, "acknowledge")

    assert shown(page) == [one.pk]
    assert "Acknowledge</span>" not in page.content.decode()
    assert refused.status_code == 403
    assert again(one).acknowledged_at is None


def test_a_page_that_is_looked_at_gets_only_the_time_while_nothing_changes(world, client):
    client.force_login(world.alice)
    alert(world.first)
    mark = client.get(DASHBOARD).context["mark"]

    same = client.get(DASHBOARD, {"mark": mark}, headers={"HX-Request": "true"})
    alert(world.second)
    changed = client.get(DASHBOARD, {"mark": mark}, headers={"HX-Request": "true"})

    assert same["HX-Reswap"] == "none"
    assert 'id="dash"' not in same.content.decode()
    assert len(shown(changed)) == 2


def test_the_bell_counts_what_is_new_until_one_looks(world, client):
    for _ in range(3):
        alert(world.first)
    client.force_login(world.alice)
    before = client.get(DASHBOARD).content.decode()

    client.post(reverse("msp-bell"))
    after = client.get(DASHBOARD).content.decode()

    bells = [html.split('id="bell"')[1].split("</form>")[0] for html in (before, after)]
    assert "<b>3</b>" in bells[0]
    assert "<b>" not in bells[1]


def test_a_page_that_shows_some_alerts_alone_tells_the_bell_nothing(world, client):
    alert(world.second)
    client.force_login(world.alice)

    pages = [client.get(DASHBOARD + query).text for query in ("", f"?customer={world.first.kcs_id}", "?state=closed")]

    assert ['hx-trigger="load delay:5s"' in page for page in pages] == [True, False, False]


def test_what_opened_after_the_page_was_made_stays_new(world, client):
    seen = alert(world.first, age=timedelta(hours=1))
    client.force_login(world.alice)
    page = client.get(DASHBOARD)
    later = alert(world.first)

    client.post(reverse("msp-bell"), {"through": page.context["seen_through"]}, headers={"HX-Request": "true"})

    with acting_as(world.alice):
        new = list(bell.new_to(feed.of_msp(world.aurora), user=world.alice))
    assert (new, seen in new) == ([later], False)


@pytest.mark.parametrize("mark", ["", "2999-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00:x"])
def test_nobody_tells_the_bell_an_instant_of_ones_own(world, client, mark):
    alert(world.first)
    client.force_login(world.alice)

    client.post(reverse("msp-bell"), {"through": mark})

    assert "<b>1</b>" in client.get(reverse("customer-list")).text


def test_the_numbers_beside_a_customer_are_those_of_its_page(world, client):
    alert(world.first, severity=Severity.CRITICAL)
    alert(world.first)
    client.force_login(world.alice)
    page = client.get(reverse("customer", args=[world.first.kcs_id]))

    listed = client.get(reverse("customer-list")).content.decode()
    rail = client.get(DASHBOARD).content.decode().split('aria-labelledby="switch-to"')[1].split("</ul>")[0]

    assert len(shown(page)) == 2
    assert '2<span class="visually-hidden"> alerts</span>' in listed
    assert "2<span" in rail


def test_the_list_of_customers_shows_those_with_alerts(world, client):
    alert(world.second)
    client.force_login(world.alice)

    page = client.get(reverse("customer-list"), {"alerts": "open"}).context["page"]

    assert [row.name for row in page.rows] == [world.second.name]


def test_the_export_has_the_rows_of_the_list(world, client):
    alert(world.first, severity=Severity.CRITICAL)
    alert(world.second)
    client.force_login(world.alice)

    lines = client.get(reverse("alert-export"), {"severity": "critical"}).content.decode().splitlines()

    assert len(lines) == 2
    assert world.first.name in lines[1]


def test_the_own_people_of_a_customer_read_its_alerts_without_who_is_on_them(world, client):
    facts = {"name": "Main", "used": 5, "seats": 5}
    alert(world.contoso, kind="seats_full", service="KC", subject_type="license", subject_id=1, facts=facts)
    client.force_login(world.carl)

    page = client.get(reverse("admin-portal-home")).content.decode()

    assert "No seat left in Knox Configure" in page
    assert "Acknowledge" not in page


def test_the_bell_counts_what_is_new_to_the_one_who_looks(world, client):
    alert(world.first, age=timedelta(hours=1))
    client.force_login(world.alice)
    client.post(reverse("msp-bell"))

    rings = []
    for person in (world.alice, world.vera):
        client.force_login(person)
        page = client.get(reverse("customer-list")).content.decode()
        rings.append('<b>1</b><span class="visually-hidden">new alerts' in page)

    assert rings == [False, True]


def test_each_customer_has_its_own_alerts(world):
    alert(world.first, severity=Severity.CRITICAL)
    alert(world.second)

    with acting_as(world.alice):
        found = {one.name: (one.total, one.worst) for one in figures.of(world.aurora, None).customers}

    assert found[world.first.name] == (1, Severity.CRITICAL)
    assert found[world.second.name][0] == 1
    assert found[world.second.name][1] != Severity.CRITICAL


def test_the_tiles_count_the_facts(world):
    added(world.alice, [imei(1), imei(2)], customer=world.first)
    waiting(world, [imei(3)], customer=world.second)

    with acting_as(world.alice):
        everything, of_first = figures.of(world.aurora, None), figures.of(world.aurora, world.first)
    with acting_as(world.tom):
        of_tom = figures.of(world.aurora, None)

    assert (everything.devices, everything.uploads["count"], everything.uploads["bring"]) == ("2", 1, 1)
    assert (of_first.devices, of_first.uploads["count"]) == ("2", 0)
    assert [one.name for one in of_tom.customers] == [world.first.name]
    assert sum(week.values[0] for week in of_first.lines.weeks) == 2


def tile(page, label):
    """Where a tile leads, and the number on it."""
    (html,) = [one for one in re.findall(r'<a class="card tile".*?</a>', page, re.DOTALL) if label in one]
    address, number = (re.search(pattern, html, re.DOTALL)[1] for pattern in (r'href="(.*?)"', r'"huge">(\d+)<'))
    return address.replace("&amp;", "&"), int(number)


@pytest.mark.parametrize(("scoped", "count"), [(False, 3), (True, 1)])
def test_the_tile_of_tickets_leads_to_the_tickets_that_it_counts(world, client, scoped, count):
    ours = {"own": world.aurora}
    support.opened(world.alice, about=world.first, **ours)
    support.opened(world.alice, about=world.second, **ours)
    support.opened(world.alice)
    done = support.opened(world.alice, about=world.first, **ours)
    with acting_as(world.alice):
        tickets.close(done, by=world.alice)
    client.force_login(world.alice)

    address, number = tile(client.get(DASHBOARD, scope(world, scoped)).text, "Tickets open")

    assert (number, len(client.get(address).context["page"].rows)) == (count, count)


@pytest.mark.parametrize(("scoped", "count"), [(False, 1), (True, 0)])
def test_the_tile_of_consents_leads_to_the_requests_that_it_counts(world, client, scoped, count):
    with acting_as(world.alice):
        asked = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.withdraw(requests.ask(world.contoso.kcs_id, msp=world.aurora, **asked), by=world.alice)
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **asked)
    client.force_login(world.alice)

    address, number = tile(client.get(DASHBOARD, scope(world, scoped)).text, "Consents waiting")

    assert (number, len(client.get(address).context["page"].rows)) == (count, count)


def scope(world, scoped):
    return {"customer": world.first.kcs_id} if scoped else {}


def test_a_scale_ends_on_a_number_that_people_count_in():
    tops = [
        charts.Columns([charts.Week(timezone.localdate(), (most,))], [charts.Series("A", "a")]).top
        for most in (0, 3, 9, 41, 1684)
    ]

    assert tops == [4, 4, 12, 60, 2000]


def test_a_bar_never_leaves_its_frame():
    boxes = charts.parts([("bad", 1), ("warn", 10_000)], most=10_001)

    assert all(float(box.x) + float(box.width) <= 100 for box in boxes)
    assert float(boxes[0].width) >= 1


def test_samsung_reads_what_waits_in_each_region(world, client):
    cast.application(world.nora)
    with as_operator():
        Reseller.objects.update(regions=["europe", "asia_pacific"])
    for who, own in ((world.alice, world.aurora), (world.rita, world.reseller), (world.nora, None)):
        support.opened(who, own=own)
    answered = support.opened(world.bob, own=world.borealis)
    with acting_as(world.sam), as_operator():
        tickets.answer(answered, text="It is on its way.", by=world.sam)
    client.force_login(world.sam)

    page = client.get(reverse("samsung-dashboard"))
    context = page.context

    assert '<span class="tally">3<span' in page.content.decode()  # the rail says what the tile says
    regions = {row["at"].region.value: (sum(row["counts"][:-1]), row["counts"][-1]) for row in context["regions"]}
    assert regions == dict.fromkeys(Region.values, (0, 0)) | {"europe": (1, 2), "asia_pacific": (0, 1)}
    assert (context["tickets_waiting"], context["tickets_elsewhere"], len(context["tickets"])) == (3, 1, 3)
    assert len(context["oldest"]) == 1


def test_devices_to_look_at_lead_to_no_service_that_the_customer_has_not(world, client):
    client.force_login(world.alice)

    page = client.get(DASHBOARD, {"customer": world.first.kcs_id}).text

    links = re.findall(r'href="([^"]+)"', page.split('id="attention"')[1].split("</section>")[0])
    assert [url for url in links if client.get(url).status_code != 200] == []


def test_devices_to_look_at_of_all_customers_lead_to_the_alerts_that_name_them(world, client):
    ground(world).force("error")
    kind = "devices_attention"
    one = alert(world.second, kind=kind, service="KC", fingerprint="devices_attention:KC:error:")
    alert(world.second, kind=kind, service="KE", fingerprint="devices_attention:KE:campaign_error:")
    alert(world.second, kind="claim_open", service="KC")
    client.force_login(world.alice)

    page = client.get(DASHBOARD, {"severity": "waiting", "state": "snoozed"}).text

    (url,) = re.findall(r'href="([^"]+)"', page.split('id="attention"')[1].split("</section>")[0])
    narrowed = client.get(unescape(url))
    assert shown(narrowed) == [one.pk]
    assert [chip.value for chip in narrowed.context["asked"].chips()] == ["Devices to look at", "Knox Configure"]
    assert len(shown(client.get(narrowed.context["ways"]["open"]))) == 3
