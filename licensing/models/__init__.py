"""Licenses: where keys are bought, keys, what a customer may use, and which device uses which seat (FAQ Q8, Q9).

Counts are not kept by the code: triggers of PostgreSQL write the ledger and `License.used` with each seat that
comes or goes, and a constraint keeps `used` within `seats` (migration 0002).
"""

from licensing.models.keys import Key
from licensing.models.ledger import LedgerDifference, SeatEntry
from licensing.models.licenses import Addition, License, LicenseQuerySet
from licensing.models.listings import Listing
from licensing.models.notices import Notice
from licensing.models.orders import TAX, Order
from licensing.models.products import Product, opening
from licensing.models.seats import Seat

__all__ = [
    "TAX",
    "Addition",
    "Key",
    "LedgerDifference",
    "License",
    "LicenseQuerySet",
    "Listing",
    "Notice",
    "Order",
    "Product",
    "Seat",
    "SeatEntry",
    "opening",
]
