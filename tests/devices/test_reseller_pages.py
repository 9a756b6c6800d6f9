"""The pages of the Reseller Portal."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, resellers, uploads
from devices.models import Approval, Device, Upload
from tests.devices.reseller_pages import TOKEN, approve, relation_to, rows, text
from tests.devices.sending import AMERICA, from_reseller, imei, imeis

NOBODY = "4000000002"


def test_a_new_reseller_starts_with_its_id_and_the_first_step(world, rita):
    page = text(rita.get(reverse("reseller-home")))

    assert "You have no customer yet" in page
    assert "Reseller ID" in page


def test_adding_a_customer_leads_to_its_upload(world, rita):
    response = rita.post(
        reverse("reseller-customer-add"), {"kcs_id": world.first.kcs_id, "internal_reference": "Berlin stores"}
    )

    assert response.url == reverse("reseller-upload-new") + f"?customer={world.first.kcs_id}"
    page = text(rita.get(response.url))
    assert f"You added the KCS Customer ID {world.first.kcs_id}." in page
    assert f'value="{world.first.kcs_id}"' in page


def test_a_refusal_is_the_same_page_whoever_has_the_id(world, rita):
    """Nobody's, one of another region, and one that removed the reseller: the same bytes but for the ID."""
    with acting_as(world.alice), transaction.atomic():
        relation = resellers.register(world.second, world.reseller.public_id, msp=world.aurora, by=world.alice)
        resellers.remove(relation, msp=world.aurora, by=world.alice)
    pages = []
    for typed in (NOBODY, world.foreign.kcs_id, world.second.kcs_id):
        response = rita.post(reverse("reseller-customer-add"), {"kcs_id": typed})
        pages.append((response.status_code, TOKEN.sub("", text(response)).replace(typed, "")))

    assert pages[0][0] == 422
    assert "We cannot upload to the KCS Customer ID" in pages[0][1]
    assert pages[0] == pages[1] == pages[2]


def test_an_msp_id_is_refused_with_the_id_to_ask_for(world, rita):
    for name, field in (("reseller-customer-add", "kcs_id"), ("reseller-upload-new", "target")):
        response = rita.post(reverse(name), {field: world.aurora.public_id, "lines": imei(0)})

        assert response.status_code == 422
        assert (
            f"{world.aurora.public_id} is an MSP ID. Devices go to a customer, never to an MSP. Ask the MSP for the "
            "KCS Customer ID of its customer."
        ) in text(response)


def test_an_msp_id_in_a_bulk_file_is_refused_by_line(world, rita, added):
    lines = f"{world.first.kcs_id},{imei(0)}\n{world.aurora.public_id},{imei(1)}\n{NOBODY},{imei(2)}\n"
    response = rita.post(reverse("reseller-upload-bulk"), {"file": SimpleUploadedFile("bulk.csv", lines.encode())})
    upload = _worked(response)

    report = rows(rita.get(reverse("reseller-upload-report", args=[upload.pk])))

    assert (upload.added, upload.errors) == (1, 2)
    assert report[1][-1].startswith(
        f"{world.aurora.public_id} is an MSP ID. Devices go to a customer, never to an MSP."
    )
    assert report[2][-1].startswith(f"We cannot upload to the KCS Customer ID {NOBODY}.")


def _worked(response):
    """The upload that the page leads to, after the worker."""
    assert response.status_code == 302, text(response)
    pk = int(response.url.rstrip("/").rpartition("/")[2])
    uploads.check(pk)
    uploads.add(pk)
    with as_operator():
        return Upload.objects.get(pk=pk)


def test_the_form_of_an_upload_names_its_limits(rita):
    html = rita.get(reverse("reseller-upload-new")).content.decode()

    assert "Up to 1,000,000 lines and 100 MB." in html


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("SM-NONE", "We do not know the model SM-NONE."),
        ("SM-S921U", "Samsung has not authorized your company there."),
    ],
)
def test_the_model_of_an_upload_is_one_that_the_reseller_may_sell(world, rita, added, model, sentence):
    typed = {"target": world.first.kcs_id, "lines": "R58M12ABCDE", "model": model}

    response = rita.post(reverse("reseller-upload-new"), typed)

    assert (response.status_code, sentence in text(response)) == (422, True)


def test_an_upload_waits_and_then_is_verified(world, rita, added):
    upload = _worked(
        rita.post(reverse("reseller-upload-new"), {"target": world.first.kcs_id, "lines": "\n".join(imeis(3))})
    )
    address = reverse("reseller-upload", args=[upload.pk])

    before = text(rita.get(address))
    approve(world, upload)
    after = text(rita.get(address))

    assert "The customer's side has not decided yet." in before
    assert "Fjordline" not in before
    assert "The customer's side has not decided yet." not in after


def test_a_rejected_upload_shows_the_reason(world, rita, added):
    upload = from_reseller(world, imeis(2), target=world.first)
    with acting_as(world.alice), transaction.atomic():
        approval = Approval.objects.select_related("customer").get(upload=upload)
        approvals.reject(approval, by=world.alice, reason="We did not order these.")

    page = text(rita.get(reverse("reseller-upload", args=[upload.pk])))
    start = text(rita.get(reverse("reseller-home")))

    assert "Reason: We did not order these." in page
    assert "We did not order these." in start
    assert "Alice" not in page + start
    assert "Aurora" not in page + start


def test_the_name_of_a_customer_appears_with_its_approval(world, rita, added):
    address = reverse("reseller-customers")
    before = text(rita.get(address))

    approve(world, from_reseller(world, imeis(2), target=world.first))
    after = text(rita.get(address))

    assert ("Fjordline" in before, "Its name appears" in before, "Berlin stores" in before) == (
        False,
        True,
        True,
    )
    assert ("Fjordline Freight" in after, "Germany" in after, "Its name appears" in after) == (True, True, False)


def test_the_list_of_customers_as_csv(world, rita, added):
    approve(world, from_reseller(world, imeis(2), target=world.first))

    head, row = rows(rita.get(reverse("reseller-customers-export")))

    assert head[:4] == ["Company name", "Internal reference", "KCS Customer ID", "Country"]
    assert (row[:4], row[5:]) == (
        ["Fjordline Freight", "Berlin stores", world.first.kcs_id, "Germany"],
        ["1", "2", "Active"],
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [("?q=berlin", 1), ("?q=fjord", 0), ("?q=4", 1), ("?q=munich", 0), ("?status=active", 0), ("?sort=uploaded", 1)],
)
def test_customers_are_found_by_what_the_reseller_may_read(rita, added, query, count):
    page = rita.get(reverse("reseller-customers") + query)

    assert len(page.context["rows"]) == count


def test_uploads_show_how_many_are_verified(world, rita, added):
    upload = from_reseller(world, [*imeis(3), "hello"], target=world.first)
    waiting = rita.get(reverse("reseller-uploads")).context["rows"]
    approve(world, upload)

    page = rita.get(reverse("reseller-uploads"))
    _, row = rows(rita.get(reverse("reseller-uploads-export")))

    assert (waiting, page.context["rows"]) == ([(upload, 0)], [(upload, 3)])
    assert (row[0], row[3:5], row[6]) == (str(upload.pk), ["4", "3"], "Completed with errors")


def test_devices_by_state_and_by_exact_number(world, rita, added):
    approve(world, from_reseller(world, imeis(2), target=world.first))
    from_reseller(world, imeis(1, first=10), target=world.first, name="second.csv")
    address = reverse("reseller-devices")

    def found(query):
        return [one.imei for one in rita.get(address + query).context["page"].rows]

    assert sorted(found("?state=verified")) == imeis(2)
    assert found("?state=pending") == [imei(10)]
    assert found(f"?q={imei(1)}") == [imei(1)]
    assert found(f"?q={imei(1)[:10]}") == []


def test_devices_of_one_customer(world, rita, added):
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(world.reseller, world.second.kcs_id, by=world.rita)
    from_reseller(world, imeis(2), target=world.first)
    from_reseller(world, imeis(1, first=10), target=world.second)

    page = rita.get(reverse("reseller-devices"), {"customer": world.second.kcs_id}).context["page"]

    assert [one.imei for one in page.rows] == [imei(10)]


def test_the_last_upload_is_noted_at_its_customer_alone(world, rita, added):
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(world.reseller, world.second.kcs_id, by=world.rita)

    from_reseller(world, imeis(2), target=world.first)

    assert [relation_to(world, one).last_uploaded_at is None for one in (world.first, world.second)] == [False, True]


def test_a_customer_that_removed_the_reseller_is_not_offered(world, rita, added):
    with acting_as(world.alice), transaction.atomic():
        resellers.remove(added, msp=world.aurora, by=world.alice)

    assert rita.get(reverse("reseller-upload-new")).context["usable"] == []


def test_a_number_that_is_no_samsung_device_is_an_mpts_error(world, rita, added):
    unknown = imei(1, tac="99999999")
    from_reseller(world, [unknown, imei(1, tac=AMERICA)], target=world.first)
    address = reverse("reseller-devices")

    by_state, by_number = text(rita.get(address + "?state=mpts")), text(rita.get(f"{address}?q={unknown}"))
    other = text(rita.get(f"{address}?q={imei(1, tac=AMERICA)}"))

    assert "MPTS error" in by_state
    assert unknown in by_state
    assert "We do not know the model of this device." in by_number
    assert "This customer can have devices for Europe only." in other


def test_the_csv_has_the_lines_that_the_list_shows(world, rita, added):
    numbers = imeis(51, tac="99999999")
    upload = from_reseller(world, numbers, target=world.first)
    address = reverse("reseller-devices")

    page = rita.get(f"{address}?state=mpts")
    _, *found = rows(rita.get(reverse("reseller-devices-export") + "?state=mpts"))
    elsewhere = rita.get(f"{address}?state=mpts&customer={NOBODY}")

    assert "The first 50 lines are shown. The CSV has all." in text(page)
    assert "50 lines shown that we did not add" in text(page)
    assert [one[0] for one in found] == numbers
    assert (found[0][4:6], found[0][8]) == ([world.first.kcs_id, "MPTS error"], str(upload.pk))
    assert elsewhere.context["lines"] == []


def test_an_upload_for_two_customers_waits_once(world, rita, added):
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(world.reseller, world.second.kcs_id, by=world.rita)

    from_reseller(world, [f"{one.kcs_id},{imei(at)}" for at, one in enumerate((world.first, world.second))])

    assert rita.get(reverse("reseller-home")).context["waiting"] == 1


def test_what_the_reseller_deleted_itself_was_not_rejected(world, rita, added):
    upload = from_reseller(world, imeis(2), target=world.first)

    rita.post(reverse("reseller-upload-delete", args=[upload.pk]), {"typed": "2"})

    page = rita.get(reverse("reseller-home")).context
    assert (page["waiting"], page["rejected"]) == (0, [])


def test_deleting_ticked_devices_asks_for_their_number(world, rita, added):
    from_reseller(world, imeis(3), target=world.first)
    with as_operator():
        ticked = list(Device.objects.order_by("imei").values_list("pk", flat=True)[:2])
    address = reverse("reseller-devices-delete")

    question = text(rita.post(address, {"device": ticked}))
    wrong = rita.post(address, {"device": ticked, "typed": "3"})
    done = rita.post(address, {"device": ticked, "typed": "2"}, follow=True)

    assert "Delete 2 devices?" in question
    assert (wrong.status_code, "Type 2 exactly as shown" in text(wrong)) == (422, True)
    assert "You deleted 2 devices." in text(done)


def test_a_list_of_more_devices_than_a_form_has_fields_is_deleted(world, rita, added):
    numbers = imeis(1_001)
    from_reseller(world, numbers, target=world.first)

    question = rita.post(reverse("reseller-devices-delete-list"), {"lines": "\n".join(numbers)})
    sent = re.findall(r'name="device" value="([^"]+)"', question.text)
    done = rita.post(reverse("reseller-devices-delete"), {"device": sent, "typed": "1001"}, follow=True)

    assert (len(sent), "You deleted 1,001 devices." in text(done)) == (1, True)


def test_a_list_that_is_no_list_is_refused(rita):
    picture = SimpleUploadedFile("phones.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)

    nothing = rita.post(reverse("reseller-devices-delete-list"), {})
    other = rita.post(reverse("reseller-devices-delete-list"), {"file": picture})

    assert (nothing.status_code, other.status_code) == (422, 422)


def test_a_whole_upload_is_deleted_from_its_page(world, rita, added):
    upload = from_reseller(world, imeis(3), target=world.first)
    address = reverse("reseller-upload-delete", args=[upload.pk])

    question = text(rita.get(address))
    rita.post(address, {"typed": "3"})

    assert "Delete 3 devices?" in question
    with as_operator():
        assert not Device.objects.exists()
