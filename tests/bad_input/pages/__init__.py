"""Every form of the product: its page, who opens it, and what a careful person types."""

from tests.bad_input.pages import devices, licensing, onboarding, portals, services, support, tenants

PAGES = [
    *onboarding.PAGES,
    *tenants.PAGES,
    *portals.PAGES,
    *devices.PAGES,
    *licensing.PAGES,
    *services.PAGES,
    *support.PAGES,
]
EVERY = [*PAGES, *onboarding.SPECIAL, *devices.SPECIAL, *licensing.SPECIAL, *support.SPECIAL]
"""Also the pages that answer bad input in ways of their own, and have tests of their own."""
