"""A person who works for two resellers reads and does in each portal only what is that company's.

PostgreSQL shows such a person the rows of both, so here the views and verbs themselves keep them apart.
"""

import csv
import io

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, reseller_deletions, resellers, uploads
from devices.files import Row
from devices.models import Approval, Device, ResellerCustomer
from rules.errors import RuleBroken
from tenants import memberships
from tests import world as cast
from tests.devices import sending
from tests.devices.sending import again, imei, imeis

OWN, OTHERS = [imei(0), imei(1)], [imei(500), imei(501), imei(502)]


@pytest.fixture
def handel(world):
    """Rita's second company. It sells to another customer."""
    otto, handel = cast.second_reseller(world)
    with as_operator():
        memberships.join(world.rita, handel.roles.super_admin(), by=otto)
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(handel, world.second.kcs_id, by=world.rita)
    return handel


@pytest.fixture
def brought(world, handel):
    """What each company sent: for the same customer, and Handel also for the other. Handel's last one has begun."""
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(world.reseller, world.first.kcs_id, internal_reference="Berlin", by=world.rita)
        resellers.add_customer(handel, world.first.kcs_id, internal_reference="Handel's own", by=world.rita)
    own = send(world, world.reseller, [*OWN, f"{imei(2)}x"], target=world.first)
    send(world, handel, [*OTHERS[:2], f"{imei(503)}x", imei(1, tac="99999999")], target=world.first)
    send(world, handel, OTHERS[2:], target=world.second)
    with acting_as(world.rita), as_reseller():
        uploads.receive(sending.csv([imei(504)]), name="begun.csv", by=world.rita, reseller=handel, target=world.first)
    return own


def send(world, reseller, lines, **whose):
    with acting_as(world.rita), as_reseller():
        upload = uploads.receive(
            sending.csv(lines), name="sent.csv", by=world.rita, reseller=reseller, add_at_once=True, **whose
        )
    uploads.check(upload.pk)
    uploads.add(upload.pk)
    return again(upload)


@pytest.fixture
def rita(client, world, brought):
    """In the portal of the first company."""
    client.force_login(world.rita)
    return client


def rows(response):
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.reader(io.StringIO(text.decode().removeprefix("\ufeff"))))[1:]


def of(world, upload):
    with as_operator():
        return Approval.objects.select_related("customer").get(upload=upload)


def deciding(world, verb, approval, **fields):
    with acting_as(world.alice), transaction.atomic():
        verb(approval, by=world.alice, **fields)


def test_the_first_page_counts_what_is_the_companys(world, rita, brought):
    page = rita.get(reverse("reseller-home")).context

    assert page["uploads"] == [brought]
    assert (page["running"], page["waiting"], page["customers"], page["rejected"]) == (0, 1, 1, [])


def test_the_first_page_names_no_rejection_of_the_other_company(world, handel, rita, brought):
    upload = send(world, handel, [imei(600)], target=world.second)
    deciding(world, approvals.reject, of(world, upload), reason="Not ours.")

    assert rita.get(reverse("reseller-home")).context["rejected"] == []


def test_customers_are_the_companys_with_its_own_numbers(world, rita):
    page = rita.get(reverse("reseller-customers")).context
    file = rows(rita.get(reverse("reseller-customers-export")))

    assert [(one.relation.kcs_id, one.uploads, one.devices) for one in page["rows"]] == [(world.first.kcs_id, 1, 2)]
    assert [(one[1], one[2]) for one in file] == [("Berlin", world.first.kcs_id)]


def test_uploads_are_the_companys(rita, brought):
    page = rita.get(reverse("reseller-uploads")).context
    file = rows(rita.get(reverse("reseller-uploads-export")))

    assert [upload for upload, _ in page["rows"]] == [brought]
    assert [one[0] for one in file] == [str(brought.pk)]


def test_the_form_of_an_upload_offers_the_companys_customers(world, rita):
    page = rita.get(reverse("reseller-upload-new")).context
    ((example, *_),) = rows(rita.get(reverse("reseller-upload-template")))

    assert [one.kcs_id for one in page["usable"]] == [world.first.kcs_id]
    assert example == world.first.kcs_id


def test_devices_are_the_companys_and_name_its_customers(world, rita):
    page = rita.get(reverse("reseller-devices")).context["page"]
    file = rows(rita.get(reverse("reseller-devices-export")))
    refused = rita.get(reverse("reseller-devices"), {"state": "mpts"}).context["lines"]

    assert sorted((one.imei, one.kcs_id) for one in page.rows) == [(one, world.first.kcs_id) for one in OWN]
    assert (sorted(one[0] for one in file), refused) == (OWN, [])


def test_an_upload_names_its_customer_as_the_company_does(world, rita, brought):
    page = rita.get(reverse("reseller-upload", args=[brought.pk])).context

    assert page["approvals"] == [(of(world, brought), world.first.kcs_id, "Berlin")]


def test_an_upload_of_the_other_company_is_not_there(world, handel, rita):
    with as_operator():
        pk = Approval.objects.filter(reseller=handel, customer=world.second).values_list("upload", flat=True).get()
    addresses = [reverse(f"reseller-upload{one}", args=[pk]) for one in ("", "-lines", "-report", "-delete")]
    acts = [reverse(f"reseller-upload-{one}", args=[pk]) for one in ("cancel", "apply", "fix", "delete")]

    got = [rita.get(one).status_code for one in addresses]
    got += [rita.post(one, {"typed": "1"}).status_code for one in acts]

    assert got == [404] * 8


def test_devices_of_the_other_company_are_not_deleted(world, rita):
    with as_operator():
        foreign = list(Device.objects.filter(imei__in=OTHERS).values_list("pk", flat=True))

    act = rita.post(reverse("reseller-devices-delete"), {"device": foreign, "typed": "3"})
    looked = rita.post(reverse("reseller-devices-delete-list"), {"lines": "\n".join(OTHERS)}).context

    assert (act.status_code, looked["count"]) == (409, 0)
    assert [one.sentence for one in looked["refused"]] == [reseller_deletions.NOT_YOURS] * 3


def test_a_customer_that_removed_the_company_keeps_its_devices_though_the_other_company_stays(world, handel, brought):
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first, reseller=world.reseller)
    with acting_as(world.alice), transaction.atomic():
        resellers.remove(relation, msp=world.aurora, by=world.alice)

    with acting_as(world.rita), as_reseller():
        deletable = reseller_deletions.own(world.reseller).exists(), reseller_deletions.own(handel).count()
        looked = reseller_deletions.look([Row(1, OWN[0], "", "", "", "", "", "")], reseller=world.reseller)

    assert (deletable, looked.devices) == ((False, 3), [])


def test_the_other_companys_list_of_customers_is_not_the_companys(world, handel):
    with acting_as(world.rita), as_reseller(), pytest.raises(RuleBroken, match="We cannot upload to"):
        resellers.target(world.reseller, world.second.kcs_id, by=world.rita)
    with acting_as(world.rita), as_reseller():
        added = resellers.add_customer(world.reseller, world.second.kcs_id, by=world.rita)

    assert added.reseller_id == world.reseller.pk


def test_nothing_is_sent_to_a_customer_of_the_other_companys_list(world, handel):
    with acting_as(world.rita), as_reseller(), pytest.raises(RuleBroken, match="We cannot upload to"):
        uploads.receive(
            sending.csv(OWN),
            name="sent.csv",
            by=world.rita,
            reseller=world.reseller,
            target=world.second,
            add_at_once=True,
        )


def test_the_last_upload_is_noted_for_the_company_alone(world, handel):
    with acting_as(world.rita), as_reseller():
        own = resellers.add_customer(world.reseller, world.second.kcs_id, by=world.rita)

    send(world, handel, [imei(900)], target=world.second)

    with as_operator():
        own.refresh_from_db()
    assert own.last_uploaded_at is None


def test_a_line_for_a_customer_of_the_other_companys_list_is_refused(world, brought):
    bulk = [f"{world.first.kcs_id},{imei(700)}", f"{world.second.kcs_id},{imei(701)}"]

    upload = send(world, world.reseller, bulk)

    assert (upload.added, upload.errors) == (1, 1)


def test_each_company_may_send_the_same_file(world, handel, brought):
    bulk = [f"{world.first.kcs_id},{one}" for one in imeis(2, first=800)]

    first, second = send(world, handel, bulk), send(world, world.reseller, bulk)

    assert (first.added, second.errors) == (2, 2)
