"""What an MSP types to order seats (words.md 7.7)."""

from typing import Any

from django import forms

from licensing.license_forms import Bought
from licensing.models import Listing, Product
from tenants.fields import OneOf, Paragraphs, PublicId
from tenants.public_ids import Kind


class OrderForm(forms.Form):
    listing = OneOf("License reseller", [], widget=forms.RadioSelect)
    product = OneOf("License", [])
    seats = Bought("Seats", setting="license_seats", hint="A seat for each device.")
    months = Bought("Months", setting="license_months", hint="How long the license runs.")
    kcs_id = PublicId(
        "KCS Customer ID",
        wanted=Kind.CUSTOMER,
        required=False,
        hint="Of the customer that the key will serve. Leave it empty to decide when you enter the key.",
    )
    note = Paragraphs("Note to the license reseller", longest=2000, required=False)

    def __init__(self, *args: Any, listings: list[Listing], products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("listing", [(str(one.pk), one.name) for one in listings])
        self._offer("product", [("", "Choose"), *((one.code, one.name) for one in products)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, OneOf)  # noqa: S101  (tells mypy)
        field.choices = choices
