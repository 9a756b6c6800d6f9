"""Each source: its fact opens one alert with a sentence and a way to the screen, and the alert goes with the fact."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.acting import acting_as
from alerts import counting, feed
from alerts.facts import CONSOLES
from alerts.sources import SOURCES
from licensing import seats
from tenants.models import KnoxService
from tests.alerts.causes import CAUSES
from tests.licensing.ground import devices, entered, with_service

pytestmark = pytest.mark.django_db


def found(world, kind):
    """The lines of this kind that Alice reads."""
    with acting_as(world.alice):
        rows = feed.of_msp(world.aurora).urging().filter(kind=kind)
        return feed.lines(rows.select_related("customer"))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.kind)
def test_the_fact_opens_an_alert_whose_link_works_and_its_end_closes_it(world, client, cause):
    made = cause.happens(world)
    counting.recount(full=True)
    (line,) = found(world, cause.kind)

    client.force_login(world.alice)
    assert client.get(line.url).status_code == 200
    for words in (line.title, line.text, line.customer_name):
        assert words
        assert not {"{", "}", "–"} & set(words)

    later = cause.is_mended(world, made)
    with time_machine.travel(timezone.now() + (later if isinstance(later, timedelta) else timedelta())):
        counting.recount(full=True)
        assert found(world, cause.kind) == []


def test_every_source_has_a_cause_here():
    assert [cause.kind for cause in CAUSES] == list(SOURCES)


def test_every_state_that_needs_attention_is_counted_and_none_is_the_first():
    """Devices without an enrollment are in the first state; counting them would count the whole inventory."""
    for console in CONSOLES.values():
        assert console.first not in console.attention, console.name
        for state in console.attention:
            counted = SOURCES["devices_attention"].query.partition(f"e.service = '{console.service.value}' AND ")[2]
            assert f"'{state.code}'" in counted.partition(")")[0]


def test_a_license_that_has_ended_needs_nobody_where_knox_suite_opens_its_service(world):
    """The suite is counted under Knox Manage and opens Knox E-FOTA, too."""
    with_service(world.first, KnoxService.EFOTA)
    with time_machine.travel(timezone.now() - timedelta(days=368)):
        entered(world, code="ke")
    counting.recount(full=True)
    alone = len(found(world, "license_ended"))

    entered(world, code="suite")
    counting.recount(full=True)

    assert (alone, found(world, "license_ended")) == (1, [])


def test_alerts_about_a_license_of_knox_suite_name_it_and_no_service_that_the_customer_lacks(world):
    for customer in (world.first, world.second):
        with_service(customer, KnoxService.EFOTA)
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=363)):
        ending = entered(world, code="suite", seats=2)
    with time_machine.travel(now - timedelta(days=370)):
        entered(world, world.second, "suite")
    entered(world, code="ke", months=1)
    with acting_as(world.alice):
        seats.take(ending, devices(world.first, 2), by=world.alice)
    counting.recount(full=True)

    kinds = ("license_ended", "seats_full", "license_ending")
    ended, full, *last = [line.title for kind in kinds for line in found(world, kind)]
    assert (ended, full) == ("Knox Suite license has ended", "No seat left in Knox Suite")
    assert sorted(title.partition(" ends")[0] for title in last) == ["Knox E-FOTA license", "Knox Suite license"]
