"""A company's own licenses in the Knox Admin Portal: it enters keys and starts its trial where it manages itself."""

import re

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import keys, seats, trials
from licensing.models import License
from onboarding import consents, requests
from onboarding.models import Invitation
from tenants import access, memberships
from tenants.models import Access, CustomerGroupGrant, KnoxService
from tests import world as cast
from tests.licensing.ground import counts, devices, entered, sold, with_service
from tests.mail.letters import newest_token

pytestmark = pytest.mark.django_db
CODE = re.compile(r"KLM\d\d(?:-[2-9A-Z]{5}){5}")


@pytest.fixture
def carl(world, client):
    client.force_login(world.carl)
    return client


@pytest.fixture
def joint(world, client):
    """Kestrel, which Aurora manages with it, and its super admin Karin."""
    kestrel = cast.full_access(world.aurora, world.alice, "Kestrel")
    with as_operator():
        karin = cast.person("karin@kestrel.example")
        memberships.join(karin, kestrel.roles.super_admin(), by=karin)
        Invitation.objects.filter(customer=kestrel).delete()
    client.force_login(karin)
    return kestrel


def text(response):
    return response.content.decode()


def enter(client, code, name=""):
    return client.post(reverse("admin-portal-license-enter"), {"key": code, "name": name}, follow=True)


def own(world):
    with acting_as(world.carl):
        return License.objects.get(customer=world.contoso)


def test_a_company_without_a_license_reads_what_it_can_do(carl):
    page = text(carl.get(reverse("admin-portal-licenses")))

    assert "Contoso has no license yet" in page
    assert "Enter a key, or start a trial of Knox Configure." in page
    assert "Contoso gets 5 devices for 90 days, once." in page


def test_a_company_enters_its_key(world, carl):
    answer = enter(carl, sold(world, seats=25), "Store phones")

    license = own(world)
    assert (license.name, license.seats, license.customer_id) == ("Store phones", 25, world.contoso.pk)
    assert "Store phones serves Contoso: 25 seats until " in text(answer)
    assert [one.pk for one in carl.get(reverse("admin-portal-licenses")).context["page"].rows] == [license.pk]
    with as_operator():
        assert Event.objects.get(verb="license.entered").actor_id == world.carl.pk


def test_a_wrong_key_is_told_in_the_words_of_the_rule(world, carl):
    served = sold(world)
    with acting_as(world.alice):
        keys.enter(world.first, served, by=world.alice)

    for typed, sentence in (
        ("", "Enter license key."),
        (
            "KLM09",
            "A license key looks like KLM09-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX. Copy all of it from the email or order.",
        ),
        (served, "This key cannot serve Contoso. One key serves one customer. Ask the license reseller who sold it."),
        (sold(world, "ke"), "This key is for Knox E-FOTA. Add Knox E-FOTA to Contoso first, then enter the key again."),
    ):
        answer = enter(carl, typed)
        assert answer.status_code == 422
        assert sentence in text(answer)
        assert world.first.name not in text(answer)


def test_a_company_that_manages_itself_starts_its_trial_once(world, carl):
    first = carl.post(reverse("admin-portal-trial"), follow=True)
    again = carl.post(reverse("admin-portal-trial"), follow=True)

    trial = own(world)
    assert (trial.is_trial, trial.seats, (trial.ends_at - trial.starts_at).days) == (True, 5, 90)
    assert "The trial runs until " in text(first)
    assert "Contoso had its Knox Configure trial from " in text(again)
    assert carl.get(reverse("admin-portal-licenses")).context["trial"]["can_start"] is False


def test_a_license_shows_its_devices_and_no_seat_of_others(world, carl):
    enter(carl, sold(world))
    license = own(world)
    mine, theirs = devices(world.contoso, 3), devices(world.first, 2)
    others = entered(world)
    with acting_as(world.carl):
        seats.take(license, mine[:2], by=world.carl)
    with acting_as(world.alice):
        seats.take(others, theirs, by=world.alice)

    page = carl.get(reverse("admin-portal-license-devices", args=[license.pk]))

    shown = {row.device_id for row in page.context["page"].rows}
    searched = [
        carl.get(reverse("admin-portal-license-devices", args=[license.pk]), {"q": one.imei}).context["page"].rows
        for one in (mine[1], mine[2], theirs[0])
    ]
    assert shown == {one.pk for one in mine[:2]}
    assert [[row.device_id for row in rows] for rows in searched] == [[mine[1].pk], [], []]
    assert "2 of 10 seats" in text(carl.get(reverse("admin-portal-license", args=[license.pk])))
    assert carl.get(reverse("admin-portal-license", args=[others.pk])).status_code == 404


def test_the_key_is_masked_until_somebody_looks_and_that_is_written_down(world, carl):
    code = sold(world)
    enter(carl, code)
    page = reverse("admin-portal-license", args=[own(world).pk])

    before = text(carl.get(page))
    shown = carl.post(reverse("admin-portal-license-key", args=[own(world).pk]))

    assert (CODE.findall(before), CODE.findall(text(shown))[0]) == ([], code)
    assert shown["Cache-Control"] == "no-store"
    with as_operator():
        assert Event.objects.filter(verb="license.key_shown", actor_id=world.carl.pk).count() == 1


def test_a_trial_has_no_key_to_show(world, carl):
    with acting_as(world.carl):
        trial = trials.start(world.contoso, by=world.carl)

    answer = carl.post(reverse("admin-portal-license-key", args=[trial.pk]), follow=True)

    assert "It has no license key." in text(answer)


def test_a_jointly_managed_customer_enters_here_and_its_msp_only_sees(world, joint, client):
    code = sold(world)
    answer = enter(client, code)

    with acting_as(world.alice), pytest.raises(Exception, match="Kestrel has Full access, so it enters and changes"):
        keys.enter(joint, sold(world), by=world.alice)
    with acting_as(world.alice):
        assert License.objects.get(customer=joint).key.last5 == code[-5:]
    assert "serves Kestrel" in text(answer)


def test_a_company_with_no_access_finds_its_licenses_closed(world, carl):
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")

    for name in ("admin-portal-licenses", "admin-portal-licenses-export", "admin-portal-license-enter"):
        assert carl.get(reverse(name)).status_code == 403


def test_the_list_is_filtered_and_exported(world, carl):
    with_service(world.contoso, "KE")
    enter(carl, sold(world), "Configure")
    enter(carl, sold(world, "ke"), "Updates")
    carl.post(reverse("admin-portal-trial"))

    def names(query):
        return [one.name for one in carl.get(reverse("admin-portal-licenses") + query).context["page"].rows]

    assert names("") == ["Configure", "Knox Configure trial", "Updates"]
    assert names("?service=KE") == ["Updates"]
    assert names("?hide_trials=1&sort=-name") == ["Updates", "Configure"]
    assert names("?status=expired") == []
    assert len(text(carl.get(reverse("admin-portal-licenses-export"))).splitlines()) == 4


def at(page, license):
    return reverse(f"admin-portal-license-{page}", args=[license.pk])


def test_a_company_assigns_seats_and_frees_them(world, carl):
    enter(carl, sold(world, seats=2), "Store phones")
    license, (one, two, three) = own(world), devices(world.contoso, 3)

    assigned = carl.post(at("assign", license), {"device": [one.pk, two.pk]}, follow=True)
    too_many = carl.post(at("assign", license), {"device": [three.pk]})
    freed = carl.post(at("release", license), {"device": [one.pk]}, follow=True)

    assert "2 devices enroll in Knox Configure." in text(assigned)
    assert (too_many.status_code, "All 2 seats of Store phones are in use." in text(too_many)) == (422, True)
    assert "1 device leaves Knox Configure." in text(freed)
    assert counts(license) == (1, 1, 1)


def test_a_company_gives_no_seat_to_a_device_of_another(world, carl):
    enter(carl, sold(world))
    (theirs,) = devices(world.first, 1)

    answer = carl.post(at("assign", own(world)), {"device": [theirs.pk]})

    assert (answer.status_code, counts(own(world))) == (422, (0, 0, 0))


def test_a_company_changes_its_license_in_every_way(world, carl):
    enter(carl, sold(world, "kc-dynamic-per-seat", seats=4, months=1), "Phones")
    license = own(world)

    for page, typed in (
        ("rename", {"name": "Store phones"}),
        ("extend", {"key": sold(world, "kc-dynamic-per-seat", seats=4, months=2)}),
        ("seats", {"key": sold(world, "kc-dynamic-per-seat", seats=6, months=1)}),
        ("reduce", {"seats": "8"}),
    ):
        assert carl.get(at(page, license)).status_code == 200
        assert carl.post(at(page, license), typed).url == reverse("admin-portal-license", args=[license.pk])

    license = own(world)
    assert (license.name, license.months, license.seats) == ("Store phones", 3, 8)


def test_a_company_replaces_its_trial_by_the_key_that_it_enters(world, carl):
    with acting_as(world.carl):
        trial = trials.start(world.contoso, by=world.carl)
        seats.take(trial, devices(world.contoso, 2), by=world.carl)
    page = reverse("admin-portal-license-enter") + f"?trial={trial.pk}"

    carl.post(page, {"key": sold(world), "name": "Bought"})

    with as_operator():
        bought = License.objects.get(name="Bought")
        trial.refresh_from_db()
    assert (trial.replaced_by_id, counts(trial)[0], counts(bought)[0]) == (bought.pk, 0, 2)


def test_a_company_deletes_what_it_does_not_use(world, carl):
    with_service(world.contoso, "KE")
    code = sold(world, "ke")
    enter(carl, code, "Updates")
    license = own(world)

    answer = carl.post(at("remove", license), {"typed": code[-5:]})

    assert answer.url == reverse("admin-portal-licenses")
    with as_operator():
        assert License.objects.get(pk=license.pk).deleted_at


def test_who_only_views_a_company_changes_nothing(world, carl):
    enter(carl, sold(world))
    license = own(world)
    with as_operator():
        CustomerGroupGrant.objects.filter(
            content_object=world.contoso,
            permission__codename__in=[access.MANAGE, access.LICENSES],
            group__user=world.carl,
        ).delete()

    assert carl.get(at("devices", license)).status_code == 200
    assert carl.get(at("assign", license)).status_code == 403
    for page in ("key", "rename", "assign", "release", "remove"):
        assert carl.post(at(page, license)).status_code == 403
    assert "Enter license key" not in text(carl.get(reverse("admin-portal-licenses")))
