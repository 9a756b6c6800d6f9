"""The walls around devices and uploads, and the role in which the Reseller Portal asks (docs/adr/0016)."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from devices.models import (
    Approval,
    Device,
    EnrollmentCode,
    GoodLines,
    ResellerCustomer,
    Upload,
    UploadContent,
    UploadLine,
)
from tenants.models import Customer, Reseller
from tests.architecture import device_rows

SENT = (Upload, UploadContent, UploadLine, GoodLines)
FREE_IMEI = "490154203237559"
PEOPLE = ("alice", "tom", "vera", "mira", "blake", "bob", "carl", "rita", "lena", "sam", "nora")


@pytest.fixture
def rows(world):
    return device_rows.fill(world)


def names(model):
    return model.__name__ if isinstance(model, type) else None


def role():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT current_user").fetchone()[0]


def seen(world, model):
    counts = {}
    for who in PEOPLE:
        with acting_as(getattr(world, who)):
            counts[who] = model._default_manager.count()
    return counts


def table(**some):
    return dict.fromkeys(PEOPLE, 0) | some


@pytest.mark.parametrize("model", SENT, ids=names)
def test_nobody_at_a_customers_side_sees_the_files_and_lines_of_a_reseller(world, rows, model):
    assert seen(world, model) == table(alice=1, tom=1, vera=1, mira=1, carl=1)


@pytest.mark.parametrize(
    ("model", "of_first", "of_second", "of_contoso"),
    [(Approval, 3, 0, 1), (Device, 3, 0, 1), (ResellerCustomer, 2, 1, 0), (EnrollmentCode, 0, 0, 1)],
    ids=names,
)
def test_the_rows_of_a_customer_are_seen_by_those_who_see_the_customer(
    world, rows, model, of_first, of_second, of_contoso
):
    both = of_first + of_second

    assert seen(world, model) == table(alice=both, tom=of_first, vera=both, mira=both, carl=of_contoso)


# Writing as the customer's side


def refused(act, person):
    """Whether PostgreSQL stops `person` who does it: an error, or no row touched."""
    with acting_as(person):
        try:
            with transaction.atomic():
                return act() in (0, [])
        except DatabaseError:
            return True


@pytest.mark.parametrize("model", [Upload, Approval, Device, ResellerCustomer], ids=names)
def test_writing_devices_needs_the_right_to_manage(world, rows, model):
    same = {Upload: "size", Approval: "devices", Device: "order_number", ResellerCustomer: "kcs_id"}[model]

    def rewrite():
        return model._default_manager.update(**{same: 7})

    got = {who: refused(rewrite, getattr(world, who)) for who in ("alice", "vera", "bob", "rita")}

    assert got == {"alice": False, "vera": True, "bob": True, "rita": True}


def test_a_device_cannot_be_given_to_a_foreign_customer(world, rows):
    def move():
        return Device.objects.filter(approval=rows.sent_by_msp).update(customer=world.foreign)

    assert refused(move, world.alice)


def test_no_msp_changes_or_removes_what_a_reseller_sent(world, rows):
    def delete(model):
        return lambda: model.objects.filter(reseller__isnull=False)._raw_delete("default")

    got = {model.__name__: refused(delete(model), world.alice) for model in SENT}

    assert got == {"Upload": True, "UploadContent": True, "UploadLine": True, "GoodLines": True}


def test_nobody_deletes_an_approval(world, rows):
    def delete():
        return Approval.objects.all()._raw_delete("default")

    with acting_as(world.rita), as_reseller():
        by_rita = refused(delete, world.rita)

    assert (refused(delete, world.alice), by_rita) == (True, True)


@pytest.mark.parametrize(
    ("foreign", "constraint"),
    [
        ({"customer": "second"}, "device_approval_of_the_same_customer"),
        ({"reseller": "reseller"}, "device_approval_of_the_same_reseller"),
    ],
    ids=["customer", "reseller"],
)
def test_a_device_and_its_approval_are_of_one_customer_and_reseller(world, rows, foreign, constraint):
    """Also for the operator: foreign keys ask no policy, so both columns stand in them."""
    other = {f"{column}_id": getattr(world, name).pk for column, name in foreign.items()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), as_operator():
        device_rows.device(rows.sent_by_msp, FREE_IMEI, **other).save()


def test_a_device_needs_a_customer_and_no_column_names_an_msp(world, rows):
    """FAQ Q10: an MSP has no devices."""
    with pytest.raises(IntegrityError, match="customer_id"), transaction.atomic(), as_operator():
        device_rows.device(rows.sent_by_msp, FREE_IMEI, customer_id=None).save()

    with connection.cursor() as cursor:
        owners = cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns
                WHERE table_name LIKE 'devices_%%' AND column_name LIKE '%%msp%%'"""
        ).fetchall()
    assert owners == []


# The role of the Reseller Portal


@pytest.mark.parametrize("model", [*SENT, Approval, Device], ids=names)
def test_each_reseller_sees_what_it_sent_and_nothing_else(world, rows, model):
    got = {}
    for who, person in (("rita", world.rita), ("otto", rows.otto)):
        with acting_as(person), as_reseller():
            got[who] = set(model._default_manager.values_list("reseller__public_id", flat=True))

    assert got == {"rita": {world.reseller.public_id}, "otto": {rows.handel.public_id}}


def test_a_reseller_reads_the_name_of_a_customer_once_that_has_approved_it(world, rows):
    got = {}
    for who, person in (("rita", world.rita), ("otto", rows.otto)):
        with acting_as(person), as_reseller():
            got[who] = [*Customer.objects.values_list("name", flat=True)]

    assert got == {"rita": ["Fjordline Freight"], "otto": []}


def test_a_reseller_sees_no_row_of_anybody_else_in_any_table(world, rows):
    """Every table behind a wall, also those that come later: its own rows, no others. In the history: its own acts."""
    own = {
        "audit_event": 2,
        "tenants_reseller": 1,
        "tenants_customer": 1,
        "devices_resellercustomer": 2,
        "devices_upload": 1,
        "devices_uploadcontent": 1,
        "devices_uploadline": 1,
        "devices_goodlines": 1,
        "devices_approval": 1,
        "devices_device": 1,
    }
    with acting_as(world.rita), as_reseller():
        got = {name: shown(name) for name in walled()}

    assert {name: count for name, count in got.items() if count} == own


def test_nobody_named_sees_nothing_as_a_reseller(world, rows):
    with acting_as(None), as_reseller():
        assert {shown(name) for name in walled()} == {0}


def test_an_msps_people_see_only_their_own_acts_in_the_role_of_resellers(world, rows):
    for person in (world.alice, world.bob, world.carl, world.sam):
        with acting_as(person), as_reseller():
            assert {shown(name) for name in walled() if name != "audit_event"} == {0}
            assert set(Event.objects.values_list("actor_id", flat=True)) <= {person.pk}


def walled():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        return [name for (name,) in cursor.fetchall()]


def shown(name):
    """How many rows of the table; where the role may not even ask, none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            return cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  (from pg_class)
    except DatabaseError:
        return 0


def approval(upload, customer, reseller):
    return Approval(customer=customer, upload_id=upload, reseller=reseller, sender_name="X", channel="reseller")


def as_rita(world, act):
    """Whether PostgreSQL stops it in Rita's portal."""
    with acting_as(world.rita), as_reseller():
        return refused(act, world.rita)


def test_a_reseller_brings_nothing_to_a_customer_that_removed_it_or_does_not_know_it(world, rows):
    with as_operator():
        upload = Upload.objects.create(
            channel="reseller", reseller=world.reseller, file_name="x", file_hash="1", size=1
        )

    def bring(customer, reseller=world.reseller):
        return lambda: Approval.objects.bulk_create([approval(upload.pk, customer, reseller)])

    got = {
        "active": as_rita(world, bring(world.first)),
        "inactive": as_rita(world, bring(world.second)),
        "unknown": as_rita(world, bring(world.foreign)),
        "in another's name": as_rita(world, bring(world.first, rows.handel)),
    }

    assert got == {"active": False, "inactive": True, "unknown": True, "in another's name": True}


def test_a_reseller_adds_devices_to_its_own_approvals_only(world, rows):
    def add(of, **other):
        return lambda: Device.objects.bulk_create([device_rows.device(of, FREE_IMEI, **other)])

    resell, handel = {"reseller_id": world.reseller.pk}, {"reseller_id": rows.handel.pk}
    got = {
        "another reseller's": as_rita(world, add(rows.sent_by_otto, **resell)),
        "in another's name": as_rita(world, add(rows.sent_by_otto, **handel)),
        "the MSP's": as_rita(world, add(rows.sent_by_msp, **resell)),
        "in the MSP's name": as_rita(world, add(rows.sent_by_msp)),
        "for another customer": as_rita(world, add(rows.sent_by_rita, customer_id=world.second.pk)),
        "own": as_rita(world, add(rows.sent_by_rita)),
    }

    assert got == {
        "another reseller's": True,
        "in another's name": True,
        "the MSP's": True,
        "in the MSP's name": True,
        "for another customer": True,
        "own": False,
    }


def test_a_reseller_changes_neither_devices_nor_customers_nor_its_own_company(world, rows):
    got = [
        as_rita(world, lambda: Device.objects.update(state="verified")),
        as_rita(world, lambda: Customer.objects.update(city="Elsewhere")),
        as_rita(world, lambda: Reseller.objects.update(name="Samsung")),
    ]

    assert got == [True, True, True]


def test_a_reseller_approves_neither_an_upload_nor_a_device(world, rows):
    """Also by hand: who decides is the customer's side, or the operator where that side wants no click."""
    now = timezone.now()

    def bring(**decided):
        upload = Upload.objects.create(channel="reseller", reseller=world.reseller, file_name="x", size=1)
        of = approval(upload.pk, world.first, world.reseller)
        for name, value in decided.items():
            setattr(of, name, value)
        return Approval.objects.bulk_create([of])

    def add(state):
        return lambda: Device.objects.bulk_create([device_rows.device(rows.sent_by_rita, FREE_IMEI, state=state)])

    got = {
        "approve": as_rita(world, lambda: Approval.objects.update(state="approved", decided_at=now)),
        "count": as_rita(world, lambda: Approval.objects.update(devices=2)),
        "take back": as_rita(world, lambda: Approval.objects.update(state="rejected", decided_at=now, reason="Mine")),
        "bring approved": as_rita(world, lambda: bring(state="approved", decided_at=now)),
        "bring": as_rita(world, bring),
        "a verified device": as_rita(world, add("verified")),
        "a device": as_rita(world, add("pending")),
    }

    assert got == {
        "approve": True,
        "count": False,
        "take back": False,
        "bring approved": True,
        "bring": False,
        "a verified device": True,
        "a device": False,
    }


@pytest.mark.parametrize("change", [{"auto_approve": True}, {"state": "active"}, {"kcs_id": "1"}])
def test_a_reseller_does_not_register_itself_or_wave_itself_through(world, rows, change):
    assert as_rita(world, lambda: ResellerCustomer.objects.filter(state="active").update(**change))


def test_a_reseller_moves_no_approval_to_another_customer_or_reseller(world, rows):
    got = [
        as_rita(world, lambda: Approval.objects.update(customer=world.second)),
        as_rita(world, lambda: Approval.objects.update(reseller=rows.handel)),
        as_rita(world, lambda: Approval.objects.update(decided_by=world.alice)),
    ]

    assert got == [True, True, True]


# Taking a role and giving it back


def test_roles_stack_and_come_back(world):
    with as_reseller():
        inside = [role()]
        with as_operator():
            inside.append(role())
            with as_reseller():
                inside.append(role())
            inside.append(role())
        inside.append(role())

    assert (inside, role()) == (
        ["portal_reseller", "portal_operator", "portal_reseller", "portal_operator", "portal_reseller"],
        "portal_app",
    )


def test_an_operator_that_fails_inside_leaves_the_resellers_role(world):
    with as_reseller():
        with pytest.raises(ValueError, match="broken"), as_operator():
            raise ValueError("broken")
        after = role()

    assert (after, role()) == ("portal_reseller", "portal_app")


def test_a_statement_that_fails_inside_leaves_the_resellers_role(world):
    with as_reseller():
        with pytest.raises(DatabaseError), as_operator(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing")
        after = role()

    assert (after, role()) == ("portal_reseller", "portal_app")


def test_a_reseller_role_that_fails_leaves_nothing_behind(world):
    with pytest.raises(ValueError, match="broken"), transaction.atomic(), as_reseller():
        raise ValueError("broken")

    assert (role(), Customer.objects.count()) == ("portal_app", 0)


def test_who_acts_stays_named_in_every_role(world, rows):
    with acting_as(world.rita), as_reseller():
        with as_operator():
            everybody = Upload.objects.count()
        own = Upload.objects.count()

    assert (everybody, own) == (4, 1)
