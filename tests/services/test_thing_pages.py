"""The pages of things: each kind of each service by construction, so that a new service is tested by being there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from rules.errors import RuleBroken
from services import codes, copies, things
from services.models import Thing
from services.modules import CONSOLES
from tenants import managements
from tenants.models import Access, Customer, KnoxService
from tests.devices.deciding import own_people
from tests.services.ground import PROFILE, ground
from tests.services.making import have, made_of
from tests.services.typed import TYPED
from tests.world import customer

MOST_QUERIES = 10
KINDS = [(console, kind) for console in CONSOLES.values() for kind in console.kinds]
IDS = [f"{console.slug} {kind.code}" for console, kind in KINDS]
KC = CONSOLES[KnoxService.CONFIGURE]


def url(customer, console, page, *args):
    return reverse(f"customer-{page}", args=[customer.kcs_id, console.slug, *args])


def typed(world, console, kind):
    """What a person types, with the other things that it names."""
    extra = {}
    if (console.service, kind.code) == ("KM", "group"):
        made = Thing.objects.filter(customer=world.first, service="KM", kind="profile").first()
        extra["profile"] = str((made or made_of(world, console, console.kind("profile"))).pk)
    return TYPED[console.service, kind.code] | extra


@pytest.mark.parametrize(("console", "kind"), KINDS, ids=IDS)
def test_a_thing_is_added_shown_changed_and_deleted(world, client, console, kind):
    have(world.first, console)
    client.force_login(world.alice)
    with acting_as(world.alice):
        data = typed(world, console, kind) | {"name": "Drivers"}
    listed = url(world.first, console, "things", kind.code)
    empty = client.get(listed).content.decode()
    assert kind.empty in empty or (console.service, kind.code) == ("KM", "profile")

    added = client.post(url(world.first, console, "thing-add", kind.code), data)

    assert added.status_code == 302, added.context and added.context["form"].errors
    page = client.get(added.url)
    assert "Drivers" in page.content.decode()
    assert "Drivers" in client.get(listed).content.decode()
    assert b"Drivers" in client.get(f"{listed}?csv=1").content

    changed = client.post(f"{added.url}edit/", data | {"name": "Pilots", "seen": "1"})
    assert changed.status_code == 302, changed.context and changed.context["form"].errors
    assert "Pilots" in client.get(added.url).content.decode()

    assert client.post(f"{added.url}delete/").url == listed
    assert client.get(added.url).status_code == 404


@pytest.mark.parametrize(("console", "kind"), KINDS, ids=IDS)
def test_the_form_of_a_change_is_filled_with_what_is_set(world, client, console, kind):
    made = made_of(world, console, kind)
    client.force_login(world.alice)

    page = client.get(url(world.first, console, "thing-edit", kind.code, made.pk))

    form = page.context["form"]
    again = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    sent = {name: form.fields[name].prepare_value(value) for name, value in again.items()}
    saved = client.post(page.request["PATH_INFO"], {name: "" if one is None else one for name, one in sent.items()})
    assert saved.status_code == 302, saved.context["form"].errors
    with acting_as(world.alice):
        kept = Thing.objects.get(pk=made.pk)
    assert (kept.settings, kept.version) == (made.settings, 1)


@pytest.mark.parametrize(("console", "kind"), KINDS, ids=IDS)
def test_pages_cost_the_same_for_two_things_and_for_sixty(world, client, console, kind):
    first = made_of(world, console, kind)
    client.force_login(world.alice)
    pages = [url(world.first, console, "things", kind.code), url(world.first, console, "thing", kind.code, first.pk)]
    few = [queries(client, one) for one in pages]

    with as_operator():
        Thing.objects.bulk_create(
            Thing(
                customer=world.first, service=console.service, kind=kind.code, name=f"N{number}", name_key=f"n{number}",
                settings=first.settings, changed_by=world.alice,
            )
            for number in range(60)
        )  # fmt: skip
    many = [queries(client, one) for one in pages]

    assert [len(one) for one in few] == [len(one) for one in many]
    assert max(len(one) for one in many) <= MOST_QUERIES, "\n".join(max(many, key=len))


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_a_change_over_somebody_elses_keeps_the_text_and_can_be_sent_again(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    with acting_as(world.tom):
        things.change(made, name="By Tom", settings=made.settings | {"wallpaper": "Tom"}, seen=1, by=world.tom)
    client.force_login(world.alice)
    address = url(world.first, KC, "thing-edit", "profile", made.pk)
    data = TYPED["KC", "profile"] | {"name": "By Alice", "seen": "1"}

    refused = client.post(address, data)

    assert refused.status_code == 409
    assert "saved other changes" in refused.content.decode()
    assert refused.context["form"]["name"].value() == "By Alice"
    assert refused.context["form"]["seen"].value() == "2"
    assert client.post(address, data | {"seen": "2"}).status_code == 302


def test_a_thing_that_devices_have_says_how_many_and_stays(world, client):
    here = ground(world, devices=2)
    made = here.thing()
    here.act("assign", thing=made)
    client.force_login(world.alice)

    refused = client.post(url(here.customer, KC, "thing-delete", "profile", made.pk))

    assert refused.status_code == 409
    assert "2 devices have Kiosk" in refused.content.decode()
    page = client.get(url(here.customer, KC, "thing", "profile", made.pk)).content.decode()
    assert "Profile assigned" in page
    assert f"?thing={made.pk}&amp;state=profile_assigned" in page


def test_a_campaign_is_cancelled_and_then_offers_no_change(world, client):
    efota = CONSOLES[KnoxService.EFOTA]
    made = made_of(world, efota, efota.kind("campaign"))
    client.force_login(world.alice)
    address = url(world.first, efota, "thing", "campaign", made.pk)
    assert "Cancel campaign" in client.get(address).content.decode()

    assert client.post(f"{address}end/").status_code == 302

    page = client.get(address).content.decode()
    assert "Cancelled" in page
    assert "Cancel campaign" not in page
    assert client.post(f"{address}end/").status_code == 409


def test_a_profile_is_made_copyable_previewed_and_copied(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    other, taken = world.second, customer(world.aurora, world.alice, "Kestrel", contact_email="karin@kestrel.example")
    made_of(world, KC, KC.kind("profile"), at=taken)
    client.force_login(world.alice)
    address = url(world.first, KC, "thing", "profile", made.pk)
    assert client.post(f"{address}copy/", {"customer": [other.kcs_id]}).status_code == 409

    client.post(f"{address}copyable/", {"copyable": "1"})
    chosen = {"customer": [other.kcs_id, taken.kcs_id]}
    preview = client.get(f"{address}copy/", chosen | {"preview": "1"}).content.decode()
    done = client.post(f"{address}copy/", chosen, follow=True).content.decode()

    assert "Kestrel has another profile named First." in preview
    assert "Copy to 1 customer" in preview
    assert "You copied First to 1 customer." in done
    with acting_as(world.alice):
        copied = Thing.objects.get(customer=other, service="KC")
        assert copies.origins([copied])[copied.pk].thing == made
    listed = client.get(url(other, KC, "things", "profile")).content.decode()
    assert world.first.name in listed


def test_what_was_ticked_stays_while_more_customers_are_looked_for(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    other, kestrel = world.second, customer(world.aurora, world.alice, "Kestrel", contact_email="karin@kestrel.example")
    have(kestrel, KC)
    client.force_login(world.alice)
    address = url(world.first, KC, "thing", "profile", made.pk)
    client.post(f"{address}copyable/", {"copyable": "1"})

    found = client.get(f"{address}copy/", {"q": "kes", "customer": [other.kcs_id]}).context
    nothing = client.get(f"{address}copy/", {"q": "x", "customer": [other.kcs_id]}).text

    assert (found["targets"], found["ticked"]) == ([other, kestrel], [other.kcs_id])
    assert "No customer’s name begins with “x”." in nothing
    assert f'value="{other.kcs_id}"' in nothing


def test_what_a_customer_with_full_access_has_is_not_offered_to_be_copied(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    client.force_login(world.alice)
    address = url(world.first, KC, "thing", "profile", made.pk)
    offered = [f"{address}copyable/" in client.get(address).content.decode()]

    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(access=Access.FULL)
    offered.append(f"{address}copyable/" in client.get(address).content.decode())

    assert offered == [True, False]


def test_nothing_ticked_is_said_and_strange_customers_are_no_targets(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    client.force_login(world.alice)
    address = url(world.first, KC, "thing", "profile", made.pk)
    client.post(f"{address}copyable/", {"copyable": "1"})

    assert client.get(f"{address}copy/?preview=1").status_code == 422
    assert client.post(f"{address}copy/", {"customer": [world.foreign.kcs_id]}).status_code == 422


def test_a_kind_or_service_that_is_not_there_is_not_found(world, client):
    client.force_login(world.alice)

    assert client.get(url(world.first, KC, "things", "campaign")).status_code == 404
    assert client.get(url(world.first, CONSOLES[KnoxService.GUARD], "things", "profile")).status_code == 404


def test_a_viewer_reads_and_is_offered_nothing(world, client):
    made = made_of(world, KC, KC.kind("profile"))
    client.force_login(world.vera)

    page = client.get(url(world.first, KC, "thing", "profile", made.pk)).content.decode()
    listed = client.get(url(world.first, KC, "things", "profile")).content.decode()

    assert "/edit/" not in page + listed
    assert "Add profile" not in listed


def test_each_side_reads_its_own_people_by_name_and_the_others_as_their_organization(world, client):
    """A customer with Full access: its own people have the same pages (words.md 3, P)."""
    karin, kestrel = own_people(world)
    with as_operator():
        managements.open_consoles(kestrel)
    have(kestrel, KC)
    kind = KC.kind("profile")
    with acting_as(world.alice):
        thing = things.add(kestrel, KC, kind, name="Drivers", settings=PROFILE, by=world.alice)
        codes.of(kestrel, by=world.alice)
    pages = [("things", kind.code), ("thing", kind.code, thing.pk), ("console-code",)]

    client.force_login(karin)
    own = [client.get(reverse(f"admin-portal-{name}", args=[KC.slug, *args])).text for name, *args in pages]
    own.append(client.get(reverse("admin-portal-things", args=[KC.slug, kind.code]) + "?csv=1").content.decode())
    client.force_login(world.alice)
    of_msp = [client.get(url(kestrel, KC, name, *args)).text for name, *args in pages]

    assert [(str(world.alice) in one, "The MSP" in one) for one in own] == [(False, True)] * 4
    assert [str(world.alice) in one for one in of_msp] == [True] * 3
    with acting_as(karin), pytest.raises(RuleBroken, match=r"^Somebody else saved other changes at "):
        things.change(thing, name="Pilots", settings=PROFILE, seen=0, by=karin)


def test_the_list_says_of_which_edition_a_profile_is(world, client):
    have(world.first, KC)
    made_of(world, KC, KC.kind("profile"))
    client.force_login(world.alice)
    listed = url(world.first, KC, "things", "profile")

    page = client.get(listed).text
    head, row = client.get(f"{listed}?csv=1").content.decode("utf-8-sig").splitlines()

    assert "Dynamic edition: can be updated · Knox 3.12" in page
    assert head.startswith("Name,Profile type,Knox version,State")
    assert "Dynamic edition: can be updated,Knox 3.12" in row
