"""Row-level security: on every table that belongs to an organization, and it holds."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.acting import acting_as, as_operator
from alerts.models import Alert, AlertComment, Seen
from audit.models import Event
from devices.models import (
    Approval,
    BulkAct,
    Device,
    EnrollmentCode,
    GoodLines,
    ResellerCustomer,
    Upload,
    UploadContent,
    UploadLine,
)
from licensing.models import Addition, Key, LedgerDifference, License, Listing, Notice, Order, Seat, SeatEntry
from onboarding import consents, endings, requests
from onboarding.models import Application, Delink, Invitation, ManagementRequest, Receipt
from services.models import Agent, Claim, Command, Enrollment, Move, Preference, Report, Thing, ThingVersion
from support.models import Deletion, Ticket
from tenants.models import (
    Access,
    Customer,
    CustomerService,
    Export,
    KnoxService,
    LicenseReseller,
    Management,
    Membership,
    Msp,
    NamedCustomer,
    Reseller,
    Role,
)
from tests import world as cast
from tests.alerts import alarm
from tests.architecture import device_rows
from tests.licensing import ground
from tests.mail.letters import newest_token
from tests.services import phones
from tests.support import ground as support

OWNERS = ("tenants_msp", "tenants_customer", "tenants_reseller", "tenants_licensereseller")
# Guardian's grants are what the policies read; a policy on them would ask itself.
GRANTS = {
    f"tenants_{kind}{holder}grant"
    for kind in ("msp", "customer", "reseller", "licensereseller")
    for holder in ("group", "user")
}
# Tables that belong to an organization through another one.
REACHED = {"onboarding_link", "tenants_invitationlink", "support_message", "support_attachment"}
TENANT_MODELS = (
    Msp, Reseller, LicenseReseller, Customer, Management, CustomerService, Role, Membership, NamedCustomer, Export,
    Application,
    Invitation, Event, ManagementRequest, Delink, Receipt,
    Upload, UploadContent, UploadLine, GoodLines, Approval, Device, ResellerCustomer, EnrollmentCode, BulkAct,
    Listing, Order, Key, License, Addition, Seat, SeatEntry, Notice,
    LedgerDifference,
    Ticket, Deletion,
    Thing, ThingVersion, Preference, Enrollment, Move, Command, Agent, Claim, Report,
    Alert, AlertComment, Seen,
)  # fmt: skip


def rows(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tenant_tables():
    """Tables of organizations, those that point at one, and those with a column named after one."""
    pointing = rows(
        """SELECT DISTINCT conrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND confrelid::regclass::text = ANY (%s)""",
        list(OWNERS),
    )
    named = rows(
        """SELECT DISTINCT table_name::text FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name IN
                  ('customer_id', 'msp_id', 'reseller_id', 'license_reseller_id', 'applicant_id')"""
    )
    return {name for (name,) in pointing + named} | set(OWNERS)


def test_every_tenant_table_has_forced_row_level_security(db):
    forced = rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")

    assert tenant_tables() - GRANTS | REACHED == {name for (name,) in forced}


def test_every_tenant_table_is_in_the_list_that_the_tests_below_use(db):
    assert tenant_tables() - GRANTS == {model._meta.db_table for model in TENANT_MODELS}


def test_one_policy_a_command_and_role(db):
    """Two permissive policies for one role and command would be joined by OR."""
    doubled = rows("SELECT polrelid::regclass FROM pg_policy GROUP BY polrelid, polroles, polcmd HAVING count(*) > 1")

    assert doubled == []


def test_the_portal_signs_in_as_a_role_that_owns_nothing(db):
    [(user, superuser, bypass, owned)] = rows(
        """SELECT current_user, rolsuper, rolbypassrls,
                  (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
             FROM pg_roles WHERE rolname = current_user"""
    )

    assert (user, superuser, bypass, owned) == ("portal_app", False, False, 0)


@pytest.fixture
def full(world):
    """The world, with a row in every tenant table."""
    cast.application(world.nora)
    cast.full_access(world.aurora, world.alice, "Open Company")
    with acting_as(world.alice):
        asked = {"services": [KnoxService.CONFIGURE], "access": Access.FULL, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **asked)
        endings.ask(Management.objects.get(customer=world.second), by=world.alice)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")
    with acting_as(world.alice):
        Export.objects.create(
            id=world.alice.applications.get().pk, user=world.alice, msp=world.aurora, what="x", maker="x"
        )
    device_rows.fill(world)
    ground.everything(world)
    phones.everything(world)
    support.asked(world)
    alarm.everything(world)
    return world


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_nobody_named_sees_no_rows_though_there_are_some(full, model):
    with as_operator():
        there = model._default_manager.count()

    assert (model._default_manager.count(), there > 0) == (0, True)


@pytest.mark.parametrize("model", [Customer, Management, CustomerService], ids=lambda model: model.__name__)
def test_each_person_sees_the_rows_of_the_own_customers(full, model):
    seen = {}
    for who in ("alice", "tom", "vera", "bob", "carl", "rita", "sam", "nora", "blake"):
        with acting_as(getattr(full, who)):
            seen[who] = model._default_manager.count()

    aurora = 4  # with Contoso, which approved with Full access, so that Carl sees it too
    assert seen == {
        "alice": aurora, "tom": 1, "vera": aurora, "bob": 1, "carl": 1, "rita": 0, "sam": 0, "nora": 0, "blake": 0,
    }  # fmt: skip


def refused(person, act):
    """Whether PostgreSQL lets `person` do it: an error, or no row touched."""
    with acting_as(person):
        try:
            with transaction.atomic():
                return act() == 0
        except DatabaseError:
            return True


def test_writing_needs_the_right_to_manage(world):
    def rename(customer):
        return lambda: Customer.objects.filter(pk=customer.pk).update(city="Elsewhere")

    got = {
        "alice, own": refused(world.alice, rename(world.first)),
        "vera, only views": refused(world.vera, rename(world.first)),
        "tom, not his": refused(world.tom, rename(world.second)),
        "bob, foreign": refused(world.bob, rename(world.first)),
        "mira, views there": refused(world.mira, rename(world.foreign)),
    }

    assert got == {
        "alice, own": False,
        "vera, only views": True,
        "tom, not his": True,
        "bob, foreign": True,
        "mira, views there": True,
    }


def test_a_row_cannot_be_given_to_a_foreign_customer(world):
    def insert():
        return CustomerService.objects.bulk_create([CustomerService(customer=world.foreign, service="KM")])

    def move():
        return CustomerService.objects.filter(customer=world.first).update(customer=world.foreign)

    assert (refused(world.alice, insert), refused(world.alice, move)) == (True, True)


def test_no_msp_deletes_a_customer_or_takes_a_service_away(world):
    """FAQ Q11 and knox.md 2.5, held by the database itself."""
    assert refused(world.alice, lambda: Customer.objects.filter(pk=world.first.pk)._raw_delete("default"))
    assert refused(world.alice, lambda: CustomerService.objects.filter(customer=world.first)._raw_delete("default"))


def test_history_cannot_be_changed_or_deleted(world):
    with as_operator():
        newest = Event.objects.latest("pk").pk

    for act in (
        lambda: Event.objects.filter(pk=newest).update(actor_name="Nobody"),
        lambda: Event.objects.filter(pk=newest)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), as_operator():
            act()


def test_the_operator_ends_with_its_block(world):
    with as_operator():
        inside = Customer.objects.count()

    assert (inside, Customer.objects.count()) == (4, 0)


def test_the_operator_ends_when_the_block_fails(world):
    with pytest.raises(ValueError, match="broken"), transaction.atomic(), as_operator():
        raise ValueError("broken")

    assert (Customer.objects.count(), rows("SELECT current_user")) == (0, [("portal_app",)])
