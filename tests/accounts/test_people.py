"""People: one account an address, preferences, Samsung's admins, and how often something may be tried."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_countries import countries

from accounts import acting, preferences, rate_limits, samsung_admins
from accounts.acting import acting_as
from accounts.models import User
from tests.world import World, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("email", ["pia@polaris.example", " PIA@Polaris.EXAMPLE "])
def test_an_address_is_one_account_whatever_its_case(db: None, email: str) -> None:
    pia = person("Pia@polaris.example")

    assert (pia.email, User.objects.by_email(email)) == ("pia@polaris.example", pia)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="PIA@polaris.example")


def test_an_account_without_a_password_cannot_be_guessed_into(db: None, client: Client) -> None:
    person("pia@polaris.example")

    assert not client.login(email="pia@polaris.example", password="")


@pytest.mark.parametrize(
    ("names", "shown", "initials"),
    [(("Pia", "Vogel"), "Pia Vogel", "PV"), (("", ""), "pia@polaris.example", "P"), (("", "Vogel"), "Vogel", "V")],
)
def test_a_person_is_shown_by_name_else_by_address(names: tuple[str, str], shown: str, initials: str) -> None:
    pia = User(email="pia@polaris.example", first_name=names[0], last_name=names[1])

    assert (str(pia), pia.initials) == (shown, initials)


def test_preferences_are_saved_and_nothing_else_is(world: World) -> None:
    world.nora.first_name = "not saved"

    preferences.save(world.nora, time_zone="Asia/Seoul", theme=User.Theme.DARK)

    found = User.objects.get(pk=world.nora.pk)
    assert (found.zone, found.theme, found.first_name) == (ZoneInfo("Asia/Seoul"), "dark", "Nora")


def test_times_on_pages_are_in_the_zone_that_was_chosen(world: World, client: Client, time_machine: Any) -> None:
    client.force_login(world.alice)
    client.post(reverse("preferences"), {"time_zone": "Asia/Seoul", "theme": "system"})
    world.alice.refresh_from_db()

    page = client.get(reverse("customer", args=[world.first.kcs_id])).text

    assert " KST</time>" in page
    assert " UTC</time>" not in page


@pytest.mark.parametrize(
    ("country", "zone"), [("DE", "Europe/Berlin"), ("KR", "Asia/Seoul"), ("XX", "UTC"), ("", "UTC")]
)
def test_a_country_has_a_first_zone(country: str, zone: str) -> None:
    assert preferences.zone(country) == ZoneInfo(zone)


def test_the_zone_of_every_country_can_be_chosen() -> None:
    choices = {value for value, _ in preferences.zones()}

    assert {preferences.zone_of_country(code) for code, _ in countries} - choices == set()


def test_the_command_appoints_nobody_without_an_address_that_mail_reaches(db: None) -> None:
    with pytest.raises(CommandError, match=r"^kim\.samsung\.example is not an email\."):
        call_command("samsung_admin", "kim.samsung.example", "Kim", "Lee")

    assert User.objects.by_email("kim.samsung.example") is None


def test_appointing_makes_an_account_or_takes_the_one_there_is(world: World) -> None:
    made = samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Lee", password="a long secret")
    taken = samsung_admins.appoint("NORA@people.example", first_name="not", last_name="used")

    assert (made.is_samsung_admin, made.check_password("a long secret")) == (True, True)
    assert (taken.pk, taken.first_name, taken.is_samsung_admin) == (world.nora.pk, "Nora", True)


def test_the_database_is_asked_for_one_person_after_the_other(world: World) -> None:
    def asked() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.user_id', true)")
            return str(cursor.fetchone()[0])

    with acting_as(world.alice):
        outer = asked()
        with acting_as(world.bob):
            inner = asked()
        with acting_as(None):
            nobody = asked()
        again = asked()

    assert (outer, inner, nobody, again) == (str(world.alice.pk), str(world.bob.pk), "", str(world.alice.pk))
    assert acting.user_id() is None


def test_an_act_that_fails_gives_the_name_back(world: World) -> None:
    with pytest.raises(ZeroDivisionError), acting_as(world.alice):
        raise ZeroDivisionError

    assert acting.user_id() is None


def test_the_operators_role_ends_with_its_block_even_where_it_fails(world: World) -> None:
    def role() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return str(cursor.fetchone()[0])

    with acting.as_operator():
        inside = role()
    with pytest.raises(ZeroDivisionError), acting.as_operator():
        raise ZeroDivisionError

    assert (inside, role()) == ("portal_operator", "portal_app")


# How often -------------------------------------------------------------------------------------------------------


def tried(post: Callable[[], Any], times: int) -> list[int]:
    return [post().status_code for _ in range(times)]


def test_an_address_may_apply_so_often_and_then_reads_when_it_can_go_on(client: Client) -> None:
    limit = rate_limits.LIMITS["apply"]
    url = reverse("apply", args=["msp"])
    assert set(tried(lambda: client.post(url, {"company": "x"}), limit.number)) == {422}

    response = client.post(url, {"company": "x"})

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= limit.seconds
    assert "We allow 20 applications in an hour. You can go on at " in response.text


def test_the_limit_is_each_persons_own(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate_limits.LIMITS, "add_customer", rate_limits.Limit(2, 3600, "tries", "an hour"))
    url = reverse("customer-add")
    client.force_login(world.alice)
    assert tried(lambda: client.post(url, {"name": "x"}), 3) == [422, 422, 429]

    client.force_login(world.mira)
    assert client.post(url, {"name": "x"}).status_code == 422


@pytest.mark.parametrize("route", ["application-confirm", "invitation"])
def test_links_cannot_be_guessed_for_long(client: Client, route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate_limits.LIMITS, "link", rate_limits.Limit(3, 3600, "opened links", "an hour"))

    codes = tried(lambda: client.get(reverse(route, args=["guess"])), 4)

    assert codes == [404, 404, 404, 429]


def test_looking_at_the_form_is_not_counted(client: Client) -> None:
    codes = tried(lambda: client.get(reverse("apply", args=["msp"])), rate_limits.LIMITS["apply"].number + 1)

    assert set(codes) == {200}
