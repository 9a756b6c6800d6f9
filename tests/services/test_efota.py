"""Knox E-FOTA: campaigns and their periods, devices on their way to a firmware (knox.md 6.3)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from licensing import seats
from rules.errors import RuleBroken
from services import agents, answers, campaigns, clocks, things
from services.models import Command
from services.modules import efota
from services.modules.efota import CONSOLE, CampaignForm
from tests.licensing.ground import counts
from tests.services.covering import started
from tests.services.ground import ground

FILLED = {
    "install_from": "22:00", "install_to": "05:00", "download": "any", "firmware": "SM-S921B, EUX, S921BXXS4AXK1",
}  # fmt: skip


def day(days):
    """Asked for by each test: others may have run past midnight."""
    return (timezone.now().astimezone(UTC).date() + timedelta(days=days)).isoformat()


def filled(**values):
    return CampaignForm(FILLED | {"starts": day(0)} | values)


def cleaned(**values):
    form = filled(**values)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(**values):
    return {name: found[0] for name, found in filled(**values).errors.items()}


def enrolled(world, **settings):
    """Two enrolled devices and a campaign."""
    ke = ground(world, "KE")
    ke.act("enroll")
    ke.force("enrolled")
    return ke, ke.thing("campaign", "Autumn", **cleaned(**settings))


def test_the_states_are_those_of_the_console():
    assert [state.label for state in CONSOLE.states] == [
        "Not enrolled", "Client not enrolled", "Failed to enroll", "Enrolled", "Awaiting download",
        "In-progress (downloading)", "Failed to download", "Awaiting install", "In-progress (installing)",
        "Failed to install", "Updated", "Locked firmware version", "Higher firmware version",
        "Invalid firmware version", "Campaign error", "Reverting", "Invalid license",
    ]  # fmt: skip
    assert {state.code for state in CONSOLE.attention} == {
        "failed_to_enroll", "failed_to_download", "failed_to_install", "campaign_error", "invalid_firmware",
        "invalid_license",
    }  # fmt: skip


def test_firmware_is_read_from_lines_and_shown_as_lines():
    typed = " sm-s921b,EUX,  S921BXXS4AXK1\r\n\nSM-X210, XEF, latest\n"

    read = cleaned(firmware=typed)["firmware"]

    assert read == [
        {"model": "SM-S921B", "sales_code": "EUX", "version": "S921BXXS4AXK1"},
        {"model": "SM-X210", "sales_code": "XEF", "version": "latest"},
    ]
    shown = CampaignForm(initial={"firmware": read})["firmware"].value()
    assert shown == "SM-S921B, EUX, S921BXXS4AXK1\nSM-X210, XEF, latest"
    assert cleaned(firmware=shown)["firmware"] == read


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("SM-S921B, EUX", "Line 1: write device model, sales code and firmware version with commas"),
        ("SM-X210, XEF, latest\nSM-S921B; EUX; latest", "Line 2: write device model"),
        ("SM-X210, XEF, latest\nsm-x210, xef, S921BXXS4AXK1", "Line 2: SM-X210 with XEF stands above already"),
        ("SM-X210, XEF, ＳＭ12345678901", "Line 1: write device model"),
        ("\n".join(f"SM-X{number}, XEF, latest" for number in range(100, 201)), "This has 101 lines"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(lines, sentence):
    assert errors(firmware=lines)["firmware"].startswith(sentence)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"starts": day(2), "ends": day(1)}, "ends", "The last day is before the first. Choose a later one."),
        ({"ends": "9999-12-31"}, "ends", "This day is too far away. Leave it empty instead."),
        ({"starts": "tomorrow"}, "starts", "A day looks like 2026-11-24."),
        ({"install_to": "22:00"}, "install_to", "This window has no time in it. Choose another hour."),
        ({"install_from": "24:00"}, "install_from", "Choose install from."),
        ({"download": "custom", "download_to": "05:00"}, "download_from", "Choose a time."),
        ({"download": "custom", "download_from": "05:00", "download_to": "05:00"}, "download_to",
         "This window has no time in it. Choose another hour."),
    ],
)  # fmt: skip
def test_days_and_windows_make_sense(values, field, sentence):
    assert errors(**values) == {field: sentence}


def test_a_window_that_is_not_used_is_left_out():
    assert cleaned(download="same", download_from="05:00", download_to="06:00")["download_from"] == ""


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [(0, None, "active"), (1, None, "scheduled"), (-9, 0, "active"), (-9, -1, "expired"), (1, 1, "scheduled")],
)
def test_a_campaign_has_a_state_by_its_days(starts, ends, state):
    settings = things.as_json(cleaned(starts=day(starts), ends="" if ends is None else day(ends)))

    assert efota.state(settings) == state


def test_a_campaign_that_is_over_is_not_added(world):
    ke = ground(world, "KE")

    with pytest.raises(RuleBroken, match="last day has passed"):
        ke.thing("campaign", "Late", **cleaned(starts=day(-3), ends=day(-1)))


def test_a_campaign_that_runs_keeps_its_first_day(world):
    ke = ground(world, "KE")
    running = ke.thing("campaign", "Autumn", **cleaned())
    planned = ke.thing("campaign", "Winter", **cleaned(starts=day(5)))

    with acting_as(world.alice), pytest.raises(RuleBroken, match="its first day stays"):
        things.change(running, name="Autumn", settings=cleaned(starts=day(2)), seen=1, by=world.alice)
    with acting_as(world.alice):
        assert things.change(planned, name="Winter", settings=cleaned(starts=day(2)), seen=1, by=world.alice)


def test_a_device_takes_its_seat_when_it_enrolls_and_needs_none_for_a_campaign(world):
    ke, campaign = enrolled(world)

    ke.act("assign", thing=campaign, license=None)

    assert counts(ke.license) == (2, 2, 2)
    assert ke.states() == ["awaiting_download"] * 2


def test_only_enrolled_devices_get_a_campaign(world):
    ke = ground(world, "KE")
    campaign = ke.thing("campaign", "Autumn", **cleaned())

    with pytest.raises(RuleBroken, match="not possible while a device is Not enrolled"):
        ke.act("assign", thing=campaign)


def test_devices_are_told_firmware_and_windows(world):
    ke, campaign = enrolled(world, ends=day(3))

    ke.act("assign", thing=campaign)

    with as_operator():
        params = Command.objects.filter(device=ke.devices[0], action="assign").get().params
    assert params["settings"]["firmware"] == [{"model": "SM-S921B", "sales_code": "EUX", "version": "S921BXXS4AXK1"}]
    assert params["settings"]["until"] == f"{day(4)}T00:00:00+00:00"


def test_at_the_end_of_the_last_day_devices_leave_the_campaign_that_have_not_begun_to_install(world):
    ke, campaign = enrolled(world, ends=day(0))
    ke.act("assign", thing=campaign)
    ke.force("installing", ke.devices[1])
    midnight = datetime.fromisoformat(f"{day(1)}T00:00:00+00:00")

    clocks.run(midnight - timedelta(seconds=1))
    before = ke.states()
    clocks.run(midnight)

    assert before == ["awaiting_download", "installing"]
    assert ke.states() == ["enrolled", "installing"]
    assert ke.commands()[-1] == ("assign", "cancelled")


def test_a_campaign_that_was_prolonged_goes_on(world):
    ke, campaign = enrolled(world, ends=day(0))
    ke.act("assign", thing=campaign)
    with acting_as(world.alice):
        things.change(campaign, name="Autumn", settings=cleaned(ends=day(9)), seen=1, by=world.alice)

    clocks.run(timezone.now() + timedelta(days=2))

    assert ke.states() == ["awaiting_download"] * 2


def test_a_cancelled_campaign_is_not_assigned_and_goes_once_no_device_has_it(world):
    ke, campaign = enrolled(world)
    ke.act("assign", thing=campaign)
    with acting_as(world.alice):
        things.end(campaign, by=world.alice)

    with pytest.raises(RuleBroken, match="Autumn has ended"):
        ke.act("assign", thing=campaign)
    ke.act("unassign")
    with acting_as(world.alice):
        things.delete(campaign, by=world.alice)

    assert ke.states() == ["enrolled"] * 2


def test_a_cancelled_campaign_is_not_offered(world, client):
    ke, campaign = enrolled(world)
    address = reverse("customer-console-act", args=[ke.customer.kcs_id, ke.console.slug, "assign"])
    asked = f"{address}?device={ke.devices[0].pk}"
    client.force_login(world.alice)
    before = client.get(asked).text

    with acting_as(world.alice):
        things.end(campaign, by=world.alice)

    assert ("Autumn" in before, "Autumn" in client.get(asked).text) == (True, False)


def test_a_device_that_installs_when_its_campaign_is_cancelled_tells_how_that_ended(world):
    ke, campaign = enrolled(world)
    ke.act("assign", thing=campaign)
    rests, installs = ke.devices
    fetched = agents.check_in(started(world, installs)).commands
    ke.force("installing", installs)
    with acting_as(world.alice):
        things.end(campaign, by=world.alice)

    answers.report(f"secret of {installs.pk}", answers=[{"id": one["id"], "state": "done"} for one in fetched])

    assert ke.states() == ["enrolled", "updated"]
    assert (ke.commands(rests)[-1], ke.commands(installs)[-1]) == (("assign", "cancelled"), ("assign", "done"))


def test_without_their_seats_devices_have_an_invalid_license(world):
    ke, _ = enrolled(world)

    ke.act("unenroll", ke.some(ke.devices[0]))
    with acting_as(world.alice):
        seats.release(ke.license, [ke.devices[1]], by=world.alice)
    clocks.run()

    assert ke.states() == ["not_enrolled", "invalid_license"]
    assert counts(ke.license)[0] == 0


def test_progress_counts_the_devices_of_a_campaign_in_one_query(world, django_assert_num_queries):
    ke, campaign = enrolled(world)
    ke.act("assign", thing=campaign)
    ke.force("updated", ke.devices[1])

    with acting_as(world.alice), django_assert_num_queries(1):
        found = campaigns.progress(campaign)

    assert [(state.label, count) for state, count in found] == [("Awaiting download", 1), ("Updated", 1)]
