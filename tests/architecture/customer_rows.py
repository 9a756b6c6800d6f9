"""Customers of Borealis with a marker in every text, and one that it asks for consent."""

from accounts.acting import acting_as, as_operator
from onboarding import customers, requests
from tenants.models import Access, KnoxService
from tests import world as cast

_TEXTS = (
    "address_1", "address_2", "city", "province", "contact_first_name", "contact_last_name", "contact_job_title",
)  # fmt: skip


def mark(world, mark):
    """Many rows, so that counts would show; one that was renamed; one that is asked."""
    _add(world, mark)
    with acting_as(world.bob):
        world.foreign.refresh_from_db()
        customers.change(
            world.foreign, msp=world.borealis, by=world.bob, seen=world.foreign.modified_at, name=f"{mark} renamed"
        )
    direct = _direct(world, mark)
    with acting_as(world.bob):
        requests.ask(
            direct.kcs_id, msp=world.borealis, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.bob
        )


def _add(world, mark):
    for number in range(30):
        cast.customer(
            world.borealis,
            world.bob,
            f"{mark} customer {number}",
            country="US",
            website=f"https://{mark}.example",
            services=[KnoxService.CONFIGURE, KnoxService.EFOTA],
            **{name: f"{mark} {name}" for name in _TEXTS},
        )


def _direct(world, mark):
    """A company without an MSP."""
    american = {"country": "US", "province": "Ohio", "name": f"{mark} direct", "contact_email": f"x@{mark}.example"}
    with acting_as(world.sam), as_operator():
        return customers.register(by=world.sam, services=[KnoxService.CONFIGURE], **(cast.CUSTOMER_FIELDS | american))
