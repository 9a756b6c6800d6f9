"""No byte of one MSP reaches another: markers in every text of Borealis, looked for in all that others receive."""

import pytest
from django.db import transaction
from django.urls import reverse
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from devices.models import Device
from licensing.models import Key, License, Order
from onboarding.models import ManagementRequest, Program
from tests import world as cast
from tests.architecture import customer_rows, device_rows, license_rows
from tests.architecture.routes import ROUTES

MARK = "zqxjmarker"
OTHERS = ("alice", "tom", "vera", "blake", "carl", "rita", "lena", "nora")
PEOPLE_OF_AURORA = ("alice@aurora.example", "tom@people.example", "vera@people.example")


@pytest.fixture(scope="module")
def marked(django_db_setup, django_db_blocker):

    with django_db_blocker.unblock(), transaction.atomic():
        yield _fill(cast.build(MARK))
        transaction.set_rollback(True)


def _fill(world):
    """Every text column of Borealis and its customers gets the marker; many rows, so that counts would show."""
    customer_rows.mark(world, MARK)
    _, dealer = cast.company(
        "d@dealer.example", f"{MARK} dealer", Program.RESELLER, sam=world.sam, **cast.RESELLER_FIELDS
    )
    device_rows.mark(world.foreign, dealer, MARK)
    license_rows.mark(world, MARK)
    with as_operator():
        world.foreign_license = License.objects.get(name=f"{MARK} license")
        world.foreign_order = Order.objects.filter(msp=world.borealis).latest("pk")
        world.foreign_key = Key.objects.filter(license_reseller__name=f"{MARK} keys").latest("pk")
    world.waiting = cast.application(world.nora, company="Waiting company")
    return world


def pages(world):
    """Every address that can be read, for Aurora's customers; with searches that would find Borealis's rows."""
    for name, route in ROUTES.items():
        if route.policy in ("alice's", "customer:receipt", None):
            continue
        with acting_as(world.alice):
            yield reverse(name, args=route.args(world))
    for query in ("?state=all", "?tag=zqx", "?model=zqx", "?sort=number"):
        yield reverse("all-devices") + query
    for query in ("?q=zqx", "?q=", "?sort=-added", "?sort=-modified", "?service=KE", "?status=active", "?access=none"):
        yield reverse("customer-list") + query
        yield reverse("customer-export") + query
        yield reverse("palette") + query
    yield reverse("customer-export") + f"?kcs={world.foreign.kcs_id}&kcs={world.first.kcs_id}"
    yield reverse("customer", args=[world.foreign.kcs_id])
    yield reverse("customer-edit", args=[world.foreign.kcs_id])
    yield reverse("samsung-application", args=[world.waiting.pk])
    yield from of_licenses(world)


def of_licenses(world):
    for query in ("?q=zqx", "?tab=full", "?tab=joint", "?sort=-left", "?service=KC&status=active"):
        for name in (
            "license-list",
            "license-export",
            "admin-portal-licenses",
            "admin-portal-licenses-export",
            "order-list",
        ):
            yield reverse(name) + query
        yield reverse("license-reseller-keys") + query
        yield reverse("license-reseller-orders") + query
    license, order, key = world.foreign_license.pk, world.foreign_order.pk, world.foreign_key.pk
    for page in ("license", "license-devices", "license-rename", "license-assign"):
        yield reverse(page, args=[world.first.kcs_id, license])
        yield reverse(page, args=[world.foreign.kcs_id, license])
        yield reverse(f"admin-portal-{page}", args=[license])
    yield reverse("order", args=[order])
    yield reverse("license-reseller-order", args=[order])
    yield reverse("license-reseller-key", args=[key])
    yield reverse("order-new") + f"?customer={world.foreign.kcs_id}&product=kc-dynamic"


def received(response):
    """The whole answer; a long file is streamed."""
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_or_file_holds_anything_of_the_other_msp(marked, db, client, who):
    client.force_login(getattr(marked, who))

    leaking = [url for url in pages(marked) if MARK in received(client.get(url))]

    assert leaking == []


def test_the_marker_is_there_to_be_found(marked, db, client):
    client.force_login(marked.bob)

    pages = [reverse(name) for name in ("customer-list", "license-list", "order-list", "order-new")]
    assert [page for page in pages if MARK not in client.get(page).content.decode()] == []


def test_no_mail_to_the_one_msp_tells_about_the_other(marked, db):
    to_aurora = [mail for mail in Email.objects.all() if any(one in str(mail.to) for one in PEOPLE_OF_AURORA)]

    leaking = [mail.subject for mail in to_aurora if MARK in mail.subject + mail.message + mail.html_message]

    assert (leaking, len(to_aurora) > 0) == ([], True)


def test_counts_are_of_the_own_rows(marked, db, client):
    client.force_login(marked.alice)

    page = client.get(reverse("customer-list")).context["page"]

    assert (len(page.rows), page.total) == (2, 2)


# Every place where a request carries the ID of something, beside the address itself. peers.md C3.4: the ID of
# another tenant's thing must change nothing there and show nothing.


def test_a_foreign_customer_id_in_the_export_is_left_out(marked, db, client):
    client.force_login(marked.alice)

    file = client.get(
        reverse("customer-export"), {"kcs": [marked.foreign.kcs_id, marked.first.kcs_id]}
    ).content.decode()

    assert [line.split(",")[1] for line in file.splitlines()[1:]] == [marked.first.kcs_id]


def test_a_foreign_organization_is_not_launched(marked, db, client):
    client.force_login(marked.alice)

    response = client.post(reverse("launch", args=["msp", marked.borealis.pk]))

    assert (response.status_code, "portal" in client.session) == (404, False)


def test_a_foreign_request_is_neither_sent_again_nor_withdrawn(marked, db, client):
    with as_operator():
        foreign = ManagementRequest.objects.get(msp=marked.borealis)
    client.force_login(marked.alice)

    got = [client.post(reverse(name, args=[foreign.pk])).status_code for name in ("request-again", "request-withdraw")]

    with as_operator():
        assert (got, ManagementRequest.objects.get(pk=foreign.pk).state) == ([404, 404], "open")


def test_a_foreign_application_is_not_copied_into_a_new_one(marked, db, client):
    with as_operator():
        foreign = marked.bob.applications.get()
    client.force_login(marked.alice)

    page = client.get(reverse("apply", args=["msp"]), {"again": str(foreign.pk)}).content.decode()

    assert "Borealis" not in page


def test_the_fields_of_a_form_cannot_move_a_customer(marked, db, client):
    """IDs of the other tenant, under every name that a careless view could read."""
    client.force_login(marked.alice)
    with as_operator():
        before = _copy_of(marked.foreign)
    smuggled = {
        name: value
        for value in (marked.foreign.pk,)
        for name in ("id", "pk", "customer", "customer_id", "kcs_id", "msp", "msp_id", "managements", "organization")
    } | {"kcs_id": marked.foreign.kcs_id, "msp": marked.borealis.pk, "msp_id": marked.borealis.pk}
    with acting_as(marked.alice):
        marked.first.refresh_from_db()
    own = {
        "name": "Fjordline Freight AS", "country": "DE", "address_1": "X", "city": "Berlin", "zip_code": "10115",
        "phone": "+49301234567", "contact_first_name": "A", "contact_last_name": "B",
        "contact_email": "a@fjordline.example", "seen": marked.first.modified_at.isoformat(),
    }  # fmt: skip

    edited = client.post(reverse("customer-edit", args=[marked.first.kcs_id]), own | smuggled)
    client.post(reverse("customer-services", args=[marked.first.kcs_id]), {"services": ["KM"]} | smuggled)

    with as_operator():
        assert (edited.status_code, _copy_of(marked.foreign)) == (302, before)


def test_the_id_of_a_foreign_device_tags_and_deletes_nothing(marked, db, client):
    with as_operator():
        foreign = Device.objects.filter(customer=marked.foreign).order_by("pk").first()
        before = Device.objects.filter(pk=foreign.pk).values().get()
    client.force_login(marked.alice)
    address = f"?device={foreign.pk}"

    tags, delete, export = (
        reverse(f"customer-devices-{act}", args=[marked.first.kcs_id]) + address for act in ("tags", "delete", "export")
    )
    client.post(tags, {"tags": "mine", "do": "add"})
    client.post(delete, {"typed": "1"})
    lines = b"".join(client.get(export).streaming_content).decode().splitlines()

    with as_operator():
        assert (Device.objects.filter(pk=foreign.pk).values().get(), len(lines)) == (before, 1)


def test_the_id_of_a_foreign_license_changes_nothing(marked, db, client):
    license = marked.foreign_license
    client.force_login(marked.alice)
    acts = ("key", "rename", "extend", "seats", "reduce", "replace", "remove", "assign", "release")

    own, foreign = (
        [client.post(reverse(f"license-{act}", args=[kcs_id, license.pk]), {"name": "x", "all": "1"}) for act in acts]
        for kcs_id in (marked.first.kcs_id, marked.foreign.kcs_id)
    )

    assert {one.status_code for one in own + foreign} == {404}
    with as_operator():
        now = License.objects.get(pk=license.pk)
        assert (now.name, now.used, now.deleted_at) == (license.name, license.used, None)


def _copy_of(customer):
    return type(customer).objects.filter(pk=customer.pk).values().get() | {
        "services": sorted(customer.services.values_list("service", flat=True)),
        "managements": list(customer.managements.values()),
    }
