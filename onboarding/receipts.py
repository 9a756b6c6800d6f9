"""Receipts: proof of each consent, chained, so that a changed letter or a missing receipt is found."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC

from django.db import connection
from django.utils import timezone

from audit.origin import origin
from onboarding import consent_text
from onboarding.models import Link, ManagementRequest, Receipt
from tenants.models import Customer, KnoxService

_FIRST = "0" * 64
_CHAIN = 7_202_611  # the advisory lock of the chain: one receipt after the other


def write(request: ManagementRequest, link: Link, *, person: str, job_title: str) -> Receipt:
    """Keep what was approved. Runs as the operator, in the transaction of the consent, under the lock of the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN])
    last = Receipt.objects.order_by("-number").first()
    counts = consent_text.counts_of(request.customer)
    receipt = Receipt(
        number=last.number + 1 if last else 1,
        request=request,
        customer=request.customer,
        msp=request.msp,
        text_version=consent_text.VERSION,
        text=consent_text.plain(consent_text.blocks(request, counts, sent_to=link.sent_to)),
        services=[one.value for one in consent_text.managed_services(request)],
        access=request.access,
        counts=asdict(counts),
        person=person,
        job_title=job_title,
        address=origin().address,
        sent_to=link.sent_to,
        sent_at=link.sent_at,
        approved_at=timezone.now(),
        fingerprint_before=last.fingerprint if last else _FIRST,
    )
    receipt.fingerprint = fingerprint(receipt)
    receipt.save(force_insert=True)
    return receipt


def fingerprint(receipt: Receipt) -> str:
    """SHA-256 over every field of the receipt and the fingerprint before it."""
    fields = {
        field.attname: getattr(receipt, field.attname)
        for field in Receipt._meta.concrete_fields
        if field.attname not in ("fingerprint", "forgotten_at")
    }
    fields |= {
        name: value.astimezone(UTC).isoformat() for name, value in fields.items() if hasattr(value, "astimezone")
    }
    return hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()


def faults() -> Iterator[str]:
    """What does not fit, a sentence each: changed, missing or reordered receipts. Runs as the operator.

    Of a forgotten receipt only the fingerprint is left, which the next one vouches for.
    """
    before, number = _FIRST, 0
    for receipt in Receipt.objects.order_by("number").iterator():
        number += 1
        if receipt.number != number:
            yield f"Receipt {number} is missing."
            number = receipt.number
        if receipt.fingerprint_before != before:
            yield f"{receipt} does not follow the receipt before it."
        if not receipt.forgotten_at and receipt.fingerprint != fingerprint(receipt):
            yield f"{receipt} was changed."
        before = receipt.fingerprint


def forget(customer: Customer) -> None:
    """Take people and texts out of a deleted customer's receipts. Runs as the operator; PostgreSQL allows it once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT onboarding_receipt_forget(%s)", [customer.pk])


def full_text(receipt: Receipt, *, for_customer: bool) -> list[str]:
    """The receipt as people read it, a paragraph each; the MSP's copy is without the person and the job title."""
    at = f"{receipt.approved_at.astimezone(UTC):%d %b %Y, %H:%M UTC}"
    title = f" ({receipt.job_title})" if receipt.job_title else ""
    who = f"{receipt.person}{title}" if for_customer else "the customer"
    services = ", ".join(KnoxService(one).label for one in receipt.services)
    return [
        f"Receipt {receipt.number}. On {at}, {who} approved for {receipt.customer.name}, KCS Customer ID "
        f"{receipt.customer.kcs_id}: {receipt.msp.name}, MSP ID {receipt.msp.public_id}, manages {services}. "
        f"Access of the customer: {receipt.get_access_display()}.",
        f"We sent the request on {receipt.sent_at.astimezone(UTC):%d %b %Y, %H:%M UTC} to "
        f"{consent_text.masked(receipt.sent_to)}; the answer came through the link in that email.",
        f"Text approved, version {receipt.text_version}:",
        *receipt.text.split("\n\n"),
        f"Fingerprint {receipt.fingerprint}; the receipt before it has {receipt.fingerprint_before}. If one letter "
        "changes, the fingerprint no longer fits.",
    ]
