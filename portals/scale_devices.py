"""What the customers of a large world have: devices, uploads, licenses with seats, enrollments, history.

Devices come by COPY into a table of this transaction (COPY into a walled table is refused), everything that follows
from them in one statement a table.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from devices.identifiers import check_digit
from devices.models import Approval, Tac, Upload
from licensing.models import Key, License, Listing, Product
from tenants import public_ids
from tenants.models import Customer, LicenseReseller, Reseller
from tenants.regions import Region

_BATCH = 5000
_A_TAC = 10**6
"""Serial numbers behind one TAC."""
_LICENSED, _SEATS = 3, 5
"""Each third customer has a license of Knox Configure, and up to so many devices with a seat."""
_WAITING, _WAIT = 50, 10
"""Each fiftieth customer has an upload that waits, of so many devices."""


def load(customers: list[Customer], homes: list[int], *, by: User, say: Callable[[str], None]) -> None:
    """Give each device (from 0) its customer: `homes` says which. Runs as the operator."""
    seller, listing = _resellers()
    approvals = _uploads(customers, Counter(homes), by)
    waiting = _waiting(customers, seller, by)
    say(f"{len(homes):,} devices")
    _devices(customers, homes, approvals, waiting)
    say("licenses and seats")
    _licenses(customers, listing, by)
    say("enrollments")
    _run(_ENROLLED, _USED_SEATS, _AGENTS)
    say("history")
    _run(_HISTORY)


def _resellers() -> tuple[Reseller, Listing]:
    where = {"country": "DE", "address_1": "Torstr. 44", "city": "Berlin", "zip_code": "10119"}
    also = {"regions": [Region.EUROPE], "registration_number": "HRB 1", **where}
    seller = Reseller.objects.create(
        public_id=public_ids.new(public_ids.Kind.RESELLER), name="Scale Devices", **also
    )  # fmt: skip
    shop = LicenseReseller.objects.create(
        public_id=public_ids.new(public_ids.Kind.LICENSE_RESELLER), name="Scale Licenses", **also
    )
    listing = Listing.objects.create(
        license_reseller=shop, region=Region.EUROPE, name=shop.name, contact_email="sales@scale.example",
        contact_phone="+4930123456", products=["kc-dynamic"],
    )  # fmt: skip
    return seller, listing


def _uploads(customers: list[Customer], devices: Counter[int], by: User) -> list[Approval]:
    """Each customer's devices came in one upload of its MSP."""
    now = timezone.now()
    uploads = [
        Upload(
            channel=Upload.Channel.MSP, customer=one, target=one, uploaded_by=by, state=Upload.State.DONE,
            lines=devices[number], added=devices[number], ended_at=now, checked_at=now, **_file(number),
        )
        for number, one in enumerate(customers)
    ]  # fmt: skip
    Upload.objects.bulk_create(uploads, batch_size=_BATCH)
    approvals = [
        Approval(
            customer=customer, upload=one, sender_name="Scale", channel=one.channel, devices=one.lines,
            state=Approval.State.APPROVED, is_complete=True, decided_at=now, decided_by=by,
        )
        for customer, one in zip(customers, uploads, strict=True)
    ]  # fmt: skip
    return Approval.objects.bulk_create(approvals, batch_size=_BATCH)


def _waiting(customers: list[Customer], seller: Reseller, by: User) -> list[Approval]:
    """What a reseller sent, and nobody has decided."""
    now, few = timezone.now(), customers[::_WAITING]
    uploads = [
        Upload(
            channel=Upload.Channel.RESELLER, reseller=seller, target=one, uploaded_by=by, state=Upload.State.DONE,
            add_at_once=True, lines=_WAIT, added=_WAIT, ended_at=now, checked_at=now, **_file(number),
        )
        for number, one in enumerate(few)
    ]  # fmt: skip
    Upload.objects.bulk_create(uploads, batch_size=_BATCH)
    approvals = [
        Approval(
            customer=customer, upload=one, reseller=seller, sender_name=seller.name, channel=one.channel,
            devices=_WAIT, is_complete=True,
        )
        for customer, one in zip(few, uploads, strict=True)
    ]  # fmt: skip
    return Approval.objects.bulk_create(approvals, batch_size=_BATCH)


def _file(number: int) -> dict[str, object]:
    return {"file_name": f"devices-{number}.csv", "file_hash": f"{number:064x}", "size": 1000, "bytes_read": 1000}


def _devices(customers: list[Customer], homes: list[int], approvals: list[Approval], waiting: list[Approval]) -> None:
    rows = ((customers[home].pk, approvals[home].pk, None, "verified") for home in homes)
    more = ((one.customer_id, one.pk, one.reseller_id, "pending") for one in waiting for _ in range(_WAIT))
    numbers = _imeis(list(_european_tacs()))
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY scale_device (imei, tac, customer, approval, reseller, state) FROM STDIN") as copy:
            for row in (*rows, *more):
                copy.write_row((*next(numbers), *row))
        cursor.execute(_DEVICES)
        cursor.execute("DROP TABLE scale_device")


def _european_tacs() -> QuerySet[Tac, str]:
    return Tac.objects.filter(model__region=Region.EUROPE).order_by("tac").values_list("tac", flat=True)


def _imeis(tacs: list[str]) -> Iterator[tuple[str, str]]:
    """An IMEI and its TAC, one after the other."""
    for tac in tacs:
        for serial in range(_A_TAC):
            body = f"{tac}{serial:06d}"
            yield body + check_digit(body), tac


def _licenses(customers: list[Customer], listing: Listing, by: User) -> None:
    """Keys as they are after entering. Nobody can read them: their codes were never made."""
    now, product = timezone.now(), Product.objects.get(code="kc-dynamic")
    few = customers[::_LICENSED]
    keys = [
        Key(
            product=product, seats=_SEATS, months=12, listing=listing, license_reseller_id=listing.license_reseller_id,
            region=listing.region, code_hash=f"scale {number}", code_sealed="", last5=f"{number % 100000:05}",
            issued_by=by, usable_until=now + timedelta(days=30), customer=one, entered_at=now, entered_by=by,
            use=Key.Use.LICENSE,
        )
        for number, one in enumerate(few)
    ]  # fmt: skip
    Key.objects.bulk_create(keys, batch_size=_BATCH)
    started = [now - timedelta(days=number % 400) for number in range(len(keys))]
    License.objects.bulk_create(
        [
            License(
                customer=customer, key=key, name="Knox Configure", seats=_SEATS, months=12, starts_at=start,
                dated_at=now,
            ).copy_product(product)
            for customer, key, start in zip(few, keys, started, strict=True)
        ],
        batch_size=_BATCH,
    )  # fmt: skip


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_STAGE = """
CREATE TEMPORARY TABLE scale_device
    (imei text, tac text, customer bigint, approval bigint, reseller bigint, state text) ON COMMIT DROP
"""
_DEVICES = """
INSERT INTO devices_device (customer_id, approval_id, reseller_id, model_id, imei, state, order_number, tags, added_at,
                            modified_at)
SELECT s.customer, s.approval, s.reseller, t.model_id, s.imei, s.state, '', '{}', at, at
  FROM scale_device s JOIN devices_tac t ON t.tac = s.tac
  CROSS JOIN LATERAL (SELECT now() - (s.approval % 300) * interval '1 day' AS at) a
"""
# Three devices of ten are in Knox Mobile Enrollment, a few of them with trouble.
_ENROLLED = """
INSERT INTO services_enrollment (customer_id, device_id, service, state, facts)
SELECT customer_id, id, 'KME',
       CASE WHEN id % 100 < 3 THEN 'failed_to_provision' WHEN id % 100 < 5 THEN 'cancelled_by_user'
            WHEN id % 100 < 10 THEN 'profile_assigned' ELSE 'provisioned' END, '{}'
  FROM devices_device WHERE state = 'verified' AND id % 10 < 3
"""
# The first devices of a customer with a license that runs have its seats, and are configured.
_USED_SEATS = """
WITH taken AS (
    INSERT INTO licensing_seat (customer_id, license_id, device_id, services, taken_at)
    SELECT l.customer_id, l.id, d.id, l.services, now() FROM licensing_license l
      CROSS JOIN LATERAL (SELECT d.id FROM devices_device d WHERE d.customer_id = l.customer_id AND d.state = 'verified'
                           ORDER BY d.id LIMIT l.seats - l.id % 3) d
     WHERE l.ends_at > now() AND NOT EXISTS (SELECT FROM licensing_seat)
    RETURNING customer_id, device_id)
INSERT INTO services_enrollment (customer_id, device_id, service, state, facts)
SELECT customer_id, device_id, 'KC',
       CASE WHEN device_id % 20 = 0 THEN 'failed_to_configure' ELSE 'configured' END, '{}'
  FROM taken
"""
_AGENTS = """
INSERT INTO services_agent (customer_id, device_id, secret, firmware, version, may_replace, seen_at)
SELECT customer_id, device_id, sha256(device_id::text::bytea), '', 'scale', false,
       now() - (device_id % 12) * interval '1 day'
  FROM services_enrollment WHERE service = 'KME' AND device_id % 100 = 0
"""
_HISTORY = """
INSERT INTO audit_event (at, verb, actor_name, side, msp_id, customer_id, target_type, target_id, target_name, detail,
                         request_id)
SELECT now() - (n * 20000 + c.id % 20000) * interval '1 second', 'customer.changed', 'Boss', 'msp', m.msp_id, c.id,
       'tenants.customer', c.id::text, c.name, '{"fields": "city"}', ''
  FROM tenants_customer c JOIN tenants_management m ON m.customer_id = c.id AND m.ended_at IS NULL
  CROSS JOIN generate_series(1, 10) n
"""
