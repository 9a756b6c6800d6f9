"""Forms of licenses, of keys, and of orders from both sides."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from licensing import orders
from licensing.license_forms import DeleteForm as DeleteLicenseForm
from licensing.license_forms import EnterKeyForm, KeyForm, NameForm, ReplaceForm, SeatsForm
from licensing.models import Key, License
from licensing.order_forms import OrderForm
from licensing.reseller_forms import IssueForm, ListingForm, OrderRejectForm, QuoteForm
from licensing.samsung_forms import WithdrawForm
from tests.bad_input.pages.page import Page
from tests.licensing.ground import entered, listing, product, sold
from tests.world import World


def _order(world: World) -> list[object]:
    """Of Aurora, for nobody yet, and not quoted."""
    with acting_as(world.alice):
        order = orders.place(
            listing(world.license_reseller),
            msp=world.aurora,
            product=product("ke"),
            seats=25,
            months=12,
            by=world.alice,
        )
    return [order.pk]


def _sold(world: World) -> Key:
    """A key that serves nobody; the same one each time."""
    with as_operator():
        found = Key.objects.filter(customer=None).first()
    if found:
        return found
    sold(world)
    return _sold(world)


def _license(name: str, code: str = "kc-dynamic", *, old: bool = False) -> Callable[[World], str]:
    """The page of an act on a license of the first customer; `old`: its time is over."""

    def url(world: World) -> str:
        with time_machine.travel(timezone.now() - timedelta(days=400)) if old else nullcontext():
            license = entered(world, code=code, name="Phones")
        entered(world, code=code, name="Other")
        return reverse(name, args=[world.first.kcs_id, license.pk])

    return url


def _with_key(url: Callable[[World], str]) -> Callable[[World], str]:
    """Nordkey sells a key first; its code is kept at the world."""

    def sell(world: World) -> str:
        vars(world)["key_code"] = sold(world)
        return url(world)

    return sell


def _other(world: World) -> str:
    with as_operator():
        return str(License.objects.get(name="Other").pk)


def _last5(world: World) -> str:
    with as_operator():
        return License.objects.get(name="Phones").key.last5


ENTER_KEY = Page(
    "enter license key",
    EnterKeyForm,
    _with_key(lambda world: reverse("license-enter", args=[world.first.kcs_id])),
    {"name": "Store phones"},
    "alice",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
EXTEND = Page(
    "extend license",
    KeyForm,
    _with_key(_license("license-extend")),
    {},
    "alice",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
RENAME = Page("rename license", NameForm, _license("license-rename"), {"name": "Store phones"}, "alice")
FEWER = Page("give seats back", SeatsForm, _license("license-reduce", "kc-dynamic-per-seat"), {"seats": "4"}, "alice")
REPLACE = Page(
    "replace license",
    ReplaceForm,
    _license("license-replace"),
    {},
    "alice",
    fresh={"to": _other},
)
ORDER = Page(
    "order seats",
    OrderForm,
    lambda world: reverse("order-new"),
    {"product": "kc-dynamic", "seats": "25", "months": "12", "note": "Hi"},
    "alice",
    fresh={
        "listing": lambda world: str(listing(world.license_reseller).pk),
        "kcs_id": lambda world: world.first.kcs_id,
    },
)
QUOTE = Page(
    "quote",
    QuoteForm,
    lambda world: reverse("license-reseller-quote", args=_order(world)),
    {"price": "1250.00", "currency": "EUR", "tax": "without"},
    "lena",
    needed={"price": "Enter price.", "currency": "Choose currency.", "tax": "Choose tax."},
    shows=lambda url: url.removesuffix("quote/"),
)
REJECT_ORDER = Page(
    "reject order",
    OrderRejectForm,
    lambda world: reverse("license-reseller-reject", args=_order(world)),
    {"reason": "We are out of stock."},
    "lena",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
    shows=lambda url: url.removesuffix("reject/"),
)
ISSUE = Page(
    "issue key",
    IssueForm,
    lambda world: reverse("license-reseller-issue"),
    {"product": "ke", "seats": "25", "months": "12"},
    "lena",
    {"listing"},
    fresh={"msp_id": lambda world: world.aurora.public_id},
)
LISTING = Page(
    "listing",
    ListingForm,
    lambda world: reverse("license-reseller-listing", args=[listing(world.license_reseller).pk]),
    {
        "contact_email": "orders@licenses.example",
        "contact_phone": "+49301234567",
        "website": "https://licenses.example",
        "products": ["ke", "km"],
    },
    "lena",
    needed={"products": "Choose at least one license that you sell."},
)
COMPANY_KEY = Page(
    "enter key as a company",
    EnterKeyForm,
    _with_key(lambda world: reverse("admin-portal-license-enter")),
    {"name": "Store phones"},
    "carl",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
WITHDRAW = Page(
    "withdraw key",
    WithdrawForm,
    lambda world: reverse("samsung-key", args=[_sold(world).pk]),
    {"reason": "The bill was not paid."},
    "sam",
    fresh={"typed": lambda world: _sold(world).last5},
)
PAGES = [ENTER_KEY, EXTEND, RENAME, FEWER, REPLACE, ORDER, QUOTE, REJECT_ORDER, ISSUE, LISTING, COMPANY_KEY, WITHDRAW]
# What is to be typed is in the database.
DELETE_LICENSE = Page(
    "delete license", DeleteLicenseForm, _license("license-remove", old=True), {}, "alice", fresh={"typed": _last5}
)
SPECIAL = [DELETE_LICENSE]
