"""What a receipt holds, and that it stays as it was written."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.acting import as_operator
from onboarding import consent_text, consents, receipts
from onboarding.models import ManagementRequest, Receipt
from tenants.models import Access
from tests import world as cast
from tests.architecture import device_rows
from tests.licensing import ground
from tests.mail.letters import letters
from tests.mail.letters import newest_token as token
from tests.onboarding.asking import KC, approve, ask


def test_the_receipt_holds_what_the_page_showed(world):
    ask(world)
    link = token("consent", "carl@contoso.example")
    shown = consents.question(link).blocks

    receipt = consents.approve(link, person="Carl Bauer", job_title="IT")

    assert (receipt.text, receipt.person, receipt.services, receipt.access) == (
        consent_text.plain(shown),
        "Carl Bauer",
        ["KC", "KME"],
        Access.NONE,
    )


def test_every_link_of_the_letter_opens_without_an_account(world, client):
    approve(world)

    said = letters("carl@contoso.example")[-1].message.partition("\n--\n")[0]
    answers = [client.get(url).status_code for url in re.findall(r"https?://[^/\s]+(/\S*)", said)]

    assert answers == [200, 200]
    assert f"tell Aurora: {world.aurora.support_email}." in said


def test_receipts_follow_one_another_and_a_changed_byte_is_found(world):
    first = approve(world)
    with as_operator():
        assert list(receipts.faults()) == []
        first.text = first.text.replace("Aurora", "Aurore", 1)

        assert first.fingerprint != receipts.fingerprint(first)


def test_a_receipt_can_be_neither_changed_nor_removed(world):
    approve(world)

    for act in (lambda: Receipt.objects.update(person="X"), lambda: Receipt.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic(), as_operator():
            act()


@pytest.mark.parametrize(
    ("devices", "people", "licenses", "said"),
    [
        (0, 1, 2, "Today: no devices, 1 administrator, 2 licenses."),
        (1, 0, 1, "Today: 1 device, no administrators, 1 license."),
        (2000, 2, 0, "Today: 2,000 devices, 2 administrators, no licenses."),
    ],
)
def test_the_text_counts_in_words_that_fit(devices, people, licenses, said):
    counts = consent_text.Counts(administrators=people, devices=devices, licenses=licenses)

    assert f"Today: {counts.listed}." == said


def test_the_verified_devices_are_counted_and_kept(world):
    device_rows.fill(world)  # Contoso has a phone; the others wait, or are another customer's
    ground.entered(world)  # a license of another customer

    receipt = approve(world)

    assert (receipt.counts, receipt.text_version) == (
        {"administrators": 1, "devices": 1, "licenses": 0},
        consent_text.VERSION,
    )
    assert "Today: 1 device, 1 administrator, no licenses." in receipt.text


def test_a_receipt_of_before_devices_were_counted_still_fits(world):
    """The fingerprint is over what is stored, whatever the counts were then."""
    kept = approve(world)
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    with as_operator():
        asked = ManagementRequest.objects.create(
            customer=world.second, msp=polaris, kcs_id=world.second.kcs_id, services=[KC], asked_by=other,
            ends_at=timezone.now(),
        )  # fmt: skip
        stored = {field.attname: getattr(kept, field.attname) for field in Receipt._meta.concrete_fields}
        older = {"counts": {"administrators": 1}, "text_version": "2026-11", "text": "Today: 1 administrator."}
        links = {"number": 2, "request_id": asked.pk, "fingerprint_before": kept.fingerprint}
        receipt = Receipt(**stored | older | links)
        receipt.fingerprint = receipts.fingerprint(receipt)
        receipt.save(force_insert=True)

        assert list(receipts.faults()) == []
