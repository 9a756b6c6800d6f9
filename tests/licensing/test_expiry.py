"""What the clock does: letters once each, seats taken back at the second, however often it asks (knox.md 5.4)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from licensing import expiry, keys, licenses, seats, tasks, trials
from licensing.models import License, Notice, Seat, SeatEntry
from onboarding import consents, requests
from tenants import administrators, roles
from tenants.models import Access, KnoxService, Membership
from tests.licensing.ground import counts, devices, entered, sold, with_service
from tests.mail.letters import letters, newest_token, said

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TEAM = ["alice@aurora.example", "mira@people.example", "tom@people.example"]


def travel(at):
    return time_machine.travel(at, tick=False)


def efota(world, **fields):
    with_service(world.first, KnoxService.EFOTA)
    return entered(world, code="ke", **fields)


def using(world, license, number=2):
    with acting_as(world.alice):
        seats.take(license, devices(license.customer, number), by=world.alice)
    return license


def notified(at):
    """The subjects of the letters that the clock writes at this time, one a reader, to whom."""
    before = set(Email.objects.values_list("pk", flat=True))
    with travel(at):
        for _ in range(3):
            tasks.write_notices()
    fresh = Email.objects.exclude(pk__in=before)
    return sorted({mail.subject for mail in fresh}), sorted(mail.to[0] for mail in fresh)


def test_letters_at_90_30_7_and_1_days_once_each(world):
    license = using(world, efota(world, name="Field"))
    end = license.ends_at
    got = []

    hours = sorted({end - timedelta(hours=12 * half) for half in range(200)})
    for at in hours:
        subjects, _ = notified(at)
        got += [(round((end - at) / DAY, 1), one) for one in subjects]

    assert got == [
        (90.0, "Fjordline Freight: Field ends in 90 days"),
        (30.0, "Fjordline Freight: Field ends in 30 days"),
        (7.0, "Fjordline Freight: Field ends in 7 days"),
        (1.0, "Fjordline Freight: Field ends in 1 day"),
        (0.0, "Fjordline Freight: Field ended"),
    ]


def test_the_letter_goes_to_the_team_and_says_what_happens(world):
    license = using(world, efota(world, name="Field"))

    _, to = notified(license.ends_at - 30 * DAY)

    mail = letters("alice@aurora.example")[-1]
    (text,) = said(mail)
    assert to == TEAM
    assert text.startswith(f"Knox E-FOTA of Fjordline Freight (KCS Customer ID {world.first.kcs_id}), KLM07-•••••")
    assert "Then 2 devices leave Knox E-FOTA. Order seats from a license reseller of Europe." in " ".join(text.split())


def test_the_button_leads_those_who_may_order_to_the_order(world):
    license = using(world, efota(world, seats=20, name="Field"), 18)
    with acting_as(world.alice):
        desk = roles.add(world.aurora, name="Desk", description="", chosen=["manage_customer"], by=world.alice)
        place = Membership.objects.get(user=world.mira, msp=world.aurora)
        administrators.change(place, role=desk, by=world.alice)

    notified(license.ends_at - 30 * DAY)

    customer = f"http://127.0.0.1:8000/customers/{world.first.kcs_id}/licenses/"
    order = f"http://127.0.0.1:8000/orders/new/?customer={world.first.kcs_id}&product=ke"
    ends, low = letters("alice@aurora.example")[-2:]
    assert all(f"Order seats:\n{order}\n" in one.message for one in (ends, low))
    assert all(f"Open licenses:\n{customer}\n" in one.message for one in letters("mira@people.example")[-2:])


def test_the_button_of_a_trial_leads_to_an_order_and_of_an_end_to_the_licenses(world):
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)
    license = efota(world)

    notified(trial.ends_at)
    of_trial = letters("alice@aurora.example")[-1].message
    notified(license.ends_at)
    of_end = letters("alice@aurora.example")[-1].message

    assert f"Order a license:\nhttp://127.0.0.1:8000/orders/new/?customer={world.first.kcs_id}\n" in of_trial
    assert f"Enter license key:\nhttp://127.0.0.1:8000/customers/{world.first.kcs_id}/licenses/\n" in of_end


def test_the_letter_about_knox_suite_names_what_its_devices_leave(world):
    with_service(world.first, KnoxService.MOBILE_ENROLLMENT)
    license = using(world, entered(world, code="suite"))

    notified(license.ends_at - 30 * DAY)

    (text,) = said(letters("alice@aurora.example")[-1])
    services = "Knox Manage, Knox E-FOTA, Knox Mobile Enrollment"
    assert text.startswith(f"{services} of Fjordline Freight")
    assert f"Then 2 devices leave {services}." in " ".join(text.split())


def test_of_one_device_the_letter_says_so(world):
    license = using(world, efota(world, name="Field"), 1)

    notified(license.ends_at - 30 * DAY)

    mail = letters("alice@aurora.example")[-1]
    assert "Then 1 device leaves Knox E-FOTA." in mail.message
    assert "1 device uses it." in mail.html_message


def test_a_second_before_no_letter_goes(world):
    license = efota(world)

    assert notified(license.ends_at - 90 * DAY - SECOND)[0] == []
    assert len(notified(license.ends_at - 90 * DAY)[0]) == 1


def test_after_a_long_stop_only_the_letter_of_now_goes(world):
    license = efota(world, name="Field")

    assert notified(license.ends_at - 5 * DAY)[0] == ["Fjordline Freight: Field ends in 5 days"]
    assert notified(license.ends_at - 4 * DAY)[0] == []


def test_a_license_of_one_month_begins_without_a_letter(world):
    """Its 90th and 30th day before the end were over before there was a license."""
    license = efota(world, months=1)

    assert notified(license.starts_at + SECOND)[0] == []
    assert len(notified(license.ends_at - 7 * DAY)[0]) == 1


def test_an_extension_brings_the_letters_of_the_new_end(world):
    license = efota(world, name="Field")
    notified(license.ends_at - 7 * DAY)
    with travel(license.ends_at - 5 * DAY):
        code = sold(world, "ke", months=12)
        with acting_as(world.alice):
            longer = licenses.extend(license, code, by=world.alice)

    assert notified(longer.ends_at - 365 * DAY + 10 * DAY)[0] == []
    assert notified(longer.ends_at - 7 * DAY)[0] == ["Fjordline Freight: Field ends in 7 days"]


def test_a_letter_and_its_note_are_one_commit(world, settings):
    """Stopped between the two: nothing is there, and the next look writes both."""
    license = efota(world, name="Field")
    domain, at = settings.MAIL_DOMAIN, license.ends_at - 7 * DAY
    del settings.MAIL_DOMAIN  # without it no letter can be written

    assert notified(at)[0] == []

    with as_operator():
        assert not Notice.objects.exists()
    settings.MAIL_DOMAIN = domain
    assert notified(at)[0] == ["Fjordline Freight: Field ends in 7 days"]


def test_a_direct_customers_own_people_read_it(world):
    with acting_as(world.carl):
        trial = trials.start(world.contoso, by=world.carl)

    assert notified(trial.ends_at - 7 * DAY) == (["Contoso: the trial ends in 7 days"], ["carl@contoso.example"])


def test_where_both_manage_both_read_it(world):
    """knox.md 9.5: jointly managed, the customer's people get what they would without an MSP."""
    with acting_as(world.carl):
        trial = trials.start(world.contoso, by=world.carl)
    with acting_as(world.alice):
        asked = {"services": [KnoxService.CONFIGURE], "access": Access.FULL}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, by=world.alice, **asked)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")

    assert notified(trial.ends_at - 7 * DAY)[1] == [
        "alice@aurora.example",
        "carl@contoso.example",
        "mira@people.example",
    ]
    of_msp, own = (letters(f"{one}.example")[-1].message for one in ("alice@aurora", "carl@contoso"))
    assert "Contoso has Full access, so it enters the license key" in of_msp
    assert f"Open licenses:\nhttp://127.0.0.1:8000/customers/{world.contoso.kcs_id}/licenses/" in of_msp
    assert "Enter a license key to keep" in own
    assert "Open licenses:" in own


def test_a_trial_has_letters_at_30_7_and_1_days_and_at_the_end(world):
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)

    got = [notified(trial.ends_at - days * DAY)[0] for days in (90, 89, 60, 30, 7, 1, 0)]

    assert got == [
        [], [], [],
        ["Fjordline Freight: the trial ends in 30 days"],
        ["Fjordline Freight: the trial ends in 7 days"],
        ["Fjordline Freight: the trial ends in 1 day"],
        ["Fjordline Freight: the trial ended"],
    ]  # fmt: skip


def test_few_seats_left_is_said_once_and_none_left_once(world):
    license = using(world, efota(world, seats=20, name="Field"), 18)
    now = timezone.now()

    low = notified(now + DAY)[0]
    using(world, license, 2)
    full = notified(now + 2 * DAY)[0]

    assert low == ["Fjordline Freight: 2 of 20 seats left"]
    assert full == ["Fjordline Freight: 0 of 20 seats left"]
    assert notified(now + 3 * DAY)[0] == []


def test_the_letter_about_seats_has_the_forecast(world):
    license = using(world, efota(world, seats=20), 18)

    notified(license.starts_at + 9 * DAY)

    text = " ".join(letters("alice@aurora.example")[-1].message.split())
    on = license.starts_at + 10 * DAY
    assert f"At this pace the seats last until about {on.day} {on:%b %Y}." in text


def test_a_small_trial_does_not_say_that_seats_are_few(world):
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)
    using(world, trial, 5)

    assert notified(timezone.now() + DAY)[0] == []


def test_seats_go_at_the_second_of_the_end(world):
    license = using(world, efota(world))

    with travel(license.ends_at - SECOND):
        assert (expiry.release_due(), counts(license)) == (0, (2, 2, 2))
    with travel(license.ends_at):
        assert (expiry.release_due(), counts(license)) == (1, (0, 0, 0))
        assert expiry.release_due() == 0

    with as_operator():
        assert set(SeatEntry.objects.filter(change=-1).values_list("reason", "by_id")) == {("ended", None)}
        assert License.objects.get(pk=license.pk).released_at == license.ends_at


def test_knox_configure_has_thirty_days_of_grace(world):
    license = using(world, entered(world))

    with travel(license.ends_at + 30 * DAY - SECOND):
        assert (expiry.release_due(), counts(license)) == (0, (2, 2, 2))
    with travel(license.ends_at + 30 * DAY):
        assert (expiry.release_due(), counts(license)) == (1, (0, 0, 0))


def test_a_trial_has_no_grace(world):
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)
    using(world, trial)

    with travel(trial.ends_at):
        tasks.release_seats()

    assert counts(trial) == (0, 0, 0)


def test_only_the_seats_of_the_service_that_ended_go(world):
    efota_license, configure = efota(world), entered(world, months=24)
    both = devices(world.first, 3)
    with acting_as(world.alice):
        seats.take(efota_license, both, by=world.alice)
        seats.take(configure, both, by=world.alice)

    with travel(efota_license.ends_at):
        tasks.release_seats()

    assert (counts(efota_license), counts(configure)) == ((0, 0, 0), (3, 3, 3))


def test_an_extension_within_the_grace_keeps_the_devices(world):
    license = using(world, entered(world))
    with travel(license.ends_at + 10 * DAY):
        code = sold(world)
        with acting_as(world.alice):
            licenses.extend(license, code, by=world.alice)
    with travel(license.ends_at + 40 * DAY):
        tasks.release_seats()

    assert counts(license) == (2, 2, 2)


def test_staggered_seats_end_each_for_itself(world):
    """knox.md 5.2: per device from its own start; new devices until the license ends."""
    with travel("2027-01-31T08:00:00Z"):
        license = using(world, entered(world, code="kc-setup-staggered", months=1), 1)
    with travel("2027-02-10T08:00:00Z"):
        using(world, license, 1)

    with as_operator():
        ends = list(Seat.objects.order_by("pk").values_list("ends_at", flat=True))
    assert ends == [datetime(2027, 2, 28, 8, tzinfo=UTC), datetime(2027, 3, 10, 8, tzinfo=UTC)]
    with travel(ends[0] + 30 * DAY):
        assert (expiry.release_due(), counts(license)) == (1, (1, 1, 1))
        assert expiry.release_due() == 0
    with travel(ends[1] + 30 * DAY):
        assert (expiry.release_due(), counts(license)) == (1, (0, 0, 0))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@pytest.mark.parametrize("start", ["2027-02-28T00:30:00Z", "2027-09-30T00:30:00Z", "2027-12-31T23:30:00Z"])
def test_the_zone_of_the_server_or_the_reader_moves_no_end(world, settings, zone, start):
    settings.TIME_ZONE = zone
    with timezone.override(zone), travel(start):
        code = sold(world, months=1)
        with acting_as(world.alice):
            license = using(world, keys.enter(world.first, code, by=world.alice), 1)
    end = license.ends_at

    with timezone.override(zone):
        with travel(end + 30 * DAY - SECOND):
            assert expiry.release_due() == 0
        with travel(end + 30 * DAY):
            assert expiry.release_due() == 1
    began = datetime.fromisoformat(start)
    assert (end.hour, end.minute, (end.month - began.month) % 12) == (began.hour, began.minute, 1)


def test_a_replaced_or_deleted_license_writes_no_letters(world):
    old, new = efota(world, name="Old"), efota(world, months=24)
    with acting_as(world.alice):
        licenses.replace(old, to=new, by=world.alice)

    assert notified(old.ends_at - 7 * DAY)[0] == []


def test_the_clock_goes_on_with_the_next_customer(world):
    """One of each MSP; whoever asks the clock sees all of them."""
    licenses_ = [using(world, efota(world))]
    with acting_as(world.carl):
        with_service(world.contoso, KnoxService.EFOTA)
        licenses_.append(keys.enter(world.contoso, sold(world, "ke"), by=world.carl))
        seats.take(licenses_[1], devices(world.contoso, 1), by=world.carl)

    with travel(max(one.ends_at for one in licenses_)):
        assert expiry.release_due() == 2
