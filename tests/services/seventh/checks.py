"""What the seventh service can do without a line of its own beside the module. Run in the copy (test_seventh.py)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from alerts import counting, feed
from services import answers, clocks, engine
from services.models import Agent, Command
from services.modules import CONSOLES, by_slug, of
from tenants.models import KnoxService
from tests.licensing.ground import devices, with_service
from tests.services.ground import Ground, thing

pytestmark = pytest.mark.django_db
KAI = KnoxService.ASSET_INTELLIGENCE
DAY = timedelta(days=1)
SECRET = "s" * 43


@pytest.fixture
def kai(world):
    customer = with_service(world.first, KAI)
    return Ground(world, of(KAI), customer, None, devices(customer, 2))


def enrolled(kai):
    group = thing(kai.world, kai.customer, kai.console, "group", "Depot", region="North")
    kai.act("enroll", thing=group)
    return group


def said(kai, device, *, at):
    with as_operator():
        digest = answers.sha256(SECRET.encode()).digest()
        Agent.objects.create(customer=kai.customer, device=device, secret=digest, seen_at=at)


def test_it_is_the_seventh():
    assert list(CONSOLES)[-1] == KAI
    assert by_slug("knox-asset-intelligence") is CONSOLES[KAI]


def test_devices_are_listed_acted_on_and_let_go(kai):
    group = enrolled(kai)
    with acting_as(kai.world.alice):
        listed = set(engine.in_service(kai.picked.devices(), kai.console).values_list("in_state", flat=True))

    assert (listed, kai.enrollment().thing) == ({"active"}, group)
    assert kai.commands() == [("enroll", "waiting")]
    assert kai.act("unenroll") == 2
    assert (kai.states(), kai.commands()) == (["not_enrolled"] * 2, [("enroll", "cancelled")])


def test_its_devices_that_need_attention_are_an_alert(kai):
    enrolled(kai)
    kai.force("inactive")
    counting.recount(full=True)

    with acting_as(kai.world.alice):
        (line,) = feed.lines(feed.of_msp(kai.world.aurora).filter(service=KAI).select_related("customer"))
    assert (line.title, line.text) == (
        "2 devices: Inactive", "Knox Asset Intelligence. Ask the user to switch the device on.",
    )  # fmt: skip
    assert line.url == f"/customers/{kai.customer.kcs_id}/knox-asset-intelligence/?state=inactive"


def test_a_device_is_inactive_after_seven_silent_days(kai):
    enrolled(kai)
    now = timezone.now()
    said(kai, kai.devices[0], at=now - 7 * DAY + timedelta(minutes=1))
    clocks.run(now)
    before = kai.states()

    with as_operator():
        Agent.objects.update(seen_at=now - 7 * DAY)
    clocks.run(now)

    assert (before, kai.states()) == (["active", "active"], ["inactive", "active"])
    assert kai.moves()[-1] == ("active", "inactive", "silent for 7 days")
    assert [state.code for state in kai.console.attention] == ["inactive"]


def test_a_device_that_wakes_is_active_and_answers(kai):
    enrolled(kai)
    said(kai, kai.devices[0], at=timezone.now())
    kai.force("inactive")
    with as_operator():
        command = Command.objects.get(device=kai.devices[0])
        Command.objects.update(state="sent")
    woke = {
        "id": "7d9c3f0e-5a53-4a6e-9d2b-1f0f6f3c1a77",
        "service": "KAI",
        "code": "woke",
        "at": "2026-11-28T10:00:00Z",
    }

    answers.report(SECRET, events=[woke], answers=[{"id": command.pk, "state": "done"}])

    assert (kai.states(), kai.commands()) == (["active", "inactive"], [("enroll", "done")])


PAGES = {
    "customer-console": [],
    "customer-console-history": [],
    "customer-things": ["group"],
    "customer-thing-add": ["group"],
    "customer-console-act": ["unenroll"],
}
CHANGES = {"customer-thing-add", "customer-console-act"}


@pytest.mark.parametrize("person", ["alice", "tom", "vera", "bob", "nora"])
@pytest.mark.parametrize("page", PAGES)
def test_it_has_pages_with_the_walls_of_all_others(kai, client, page, person):
    enrolled(kai)
    client.force_login(getattr(kai.world, person))

    answer = client.get(reverse(page, args=[kai.customer.kcs_id, kai.console.slug, *PAGES[page]]), {"all": "1"})

    sees = {"alice": 200, "tom": 200, "vera": 403 if page in CHANGES else 200, "bob": 404, "nora": 404}
    assert answer.status_code == sees[person]
    if answer.status_code == 200:
        assert "Knox Asset Intelligence" in answer.text


def test_its_list_shows_devices_with_their_state(kai, client):
    enrolled(kai)
    kai.force("inactive", kai.devices[1])
    client.force_login(kai.world.alice)

    page = client.get(reverse("customer-console", args=[kai.customer.kcs_id, kai.console.slug]), {"state": "inactive"})

    assert kai.devices[1].imei in page.text
    assert kai.devices[0].imei not in page.text
    assert "Inactive" in page.text


def test_a_customer_without_it_has_no_such_page(kai, client):
    client.force_login(kai.world.alice)

    answer = client.get(reverse("customer-console", args=[kai.world.second.kcs_id, kai.console.slug]))

    assert answer.status_code == 404
