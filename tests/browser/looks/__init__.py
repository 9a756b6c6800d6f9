"""Which pages are looked at: as whom, at which address, after which act. One line a look.

`{words}` in an address or heading are found by tests/browser/places.py.
"""

from tests.browser.looks import (
    accounts,
    company,
    consoles,
    customers,
    dashboard,
    devices,
    everybody,
    license_reseller,
    licenses,
    people,
    relations,
    reseller,
    samsung,
)
from tests.browser.looks.look import Look

PARTS = (
    everybody,
    accounts,
    dashboard,
    customers,
    relations,
    devices,
    consoles,
    licenses,
    people,
    company,
    reseller,
    license_reseller,
    samsung,
)
LOOKS: list[Look] = [look for part in PARTS for look in part.LOOKS]
