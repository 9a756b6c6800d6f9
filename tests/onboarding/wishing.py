"""Open Company, a customer with Full access that may ask for a delink."""

import pytest
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import wishes
from rules.errors import RuleBroken
from tenants import managements, memberships
from tenants.models import Management
from tests import world as cast

ALICE, CONTACT = "alice@aurora.example", "contact@opencompany.example"


def with_olga(world):
    """Olga is the super admin of Open Company, a customer of Aurora with Full access."""
    world.open_company = cast.full_access(world.aurora, world.alice, "Open Company")
    world.olga = cast.person("olga@opencompany.example")
    with as_operator():
        memberships.join(world.olga, world.open_company.roles.super_admin(), by=world.olga)
        managements.open_consoles(world.open_company)
    return world


def management(world):
    with as_operator():
        return Management.objects.select_related("customer", "msp").get(customer=world.open_company)


def wish(world, verb=wishes.ask, by=None, **more):
    by = by or world.olga
    with acting_as(by):
        return verb(management(world), by=by, **more)


def refusal(act, *args, **more):
    with pytest.raises(RuleBroken) as no:
        act(*args, **more)
    return str(no.value), no.value.status


def newest(to):
    return Email.objects.filter(to__contains=to).latest("pk")


def timeline(world):
    with as_operator():
        events = Event.objects.of_customer(world.open_company.pk).filter(verb__startswith="delink")
        return [(one.verb, one.side, one.sentence) for one in events]
