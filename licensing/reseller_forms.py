"""What a license reseller types: a price, a reason, what a key is for, how MSPs reach it (words.md 7.7)."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from licensing.license_forms import Bought
from licensing.models import TAX, Listing, Product
from tenants.fields import Email, OneOf, Phone, PublicId, Reason, SomeOf, Website, Words
from tenants.public_ids import Kind

_PRICE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.\d{1,2})?", re.ASCII)
_DIGITS = 10
# Of the countries in our regions, where license resellers write their bills (ISO 4217).
CURRENCIES = [
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY",
    "AED", "SAR", "QAR", "ZAR", "ILS", "INR", "SGD", "MYR", "THB", "IDR", "PHP", "VND",
    "HKD", "TWD", "KRW", "JPY", "AUD", "NZD", "CAD", "MXN", "BRL", "CLP", "COP", "PEN",
]  # fmt: skip


class Price(Words):
    """An amount of money, with a point before the cents; commas between thousands are accepted."""

    wrong = "A price looks like 1250.00: digits, and a point before the cents."

    def __init__(self, label: str, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, longest=20, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        text = (super().clean(value) or "").replace(" ", "")
        amount = text.replace(",", "")
        if not (_PRICE.fullmatch(text) and len(amount.partition(".")[0]) <= _DIGITS):
            raise ValidationError(self.wrong)
        return Decimal(amount)


class QuoteForm(forms.Form):
    price = Price("Price", hint="For all seats and months together. Example: 1250.00.")
    currency = OneOf("Currency", [(code, code) for code in CURRENCIES])
    tax = OneOf("Tax", TAX, hint="Whether the price holds the tax.")


class OrderRejectForm(forms.Form):
    reason = Reason("The MSP reads it in an email.")


class IssueForm(forms.Form):
    """A key that is sold outside the portal. The region is asked only where there are several."""

    listing = OneOf("Region", [], hint="The key serves customers of this region only.")
    product = OneOf("License", [])
    seats = Bought("Seats", setting="license_seats", hint="A seat for each device.")
    months = Bought("Months", setting="license_months", hint="How long the license runs.")
    msp_id = PublicId(
        "MSP ID", wanted=Kind.MSP, required=False, hint="Of the MSP that buys it. We check that it is in your region."
    )

    def __init__(self, *args: Any, listings: list[Listing], products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listings, self.products = listings, products
        self._offer("listing", [(str(one.pk), one.get_region_display()) for one in listings])
        self._offer("product", [(one.code, one.name) for one in products])
        if len(listings) == 1:
            del self.fields["listing"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, OneOf)  # noqa: S101  (tells mypy)
        field.choices = [("", "Choose"), *choices]

    def clean(self) -> dict[str, Any]:
        """Rows in place of what was chosen."""
        data = self.cleaned_data
        chosen = data.get("listing") or (str(self.listings[0].pk) if len(self.listings) == 1 else "")
        data["listing"] = next((one for one in self.listings if str(one.pk) == chosen), None)
        data["product"] = next((one for one in self.products if one.code == data.get("product")), None)
        return data


class ListingForm(forms.Form):
    """How a license reseller presents itself to the MSPs of one region."""

    contact_email = Email("Contact email", hint="MSPs of this region write here.")
    contact_phone = Phone("Contact phone", required=False)
    website = Website()
    products = SomeOf(
        "Licenses", [], hint="What MSPs can order from you.", message="Choose at least one license that you sell."
    )

    def __init__(self, *args: Any, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["products"]
        assert isinstance(field, SomeOf)  # noqa: S101  (tells mypy)
        field.choices = [(one.code, one.name) for one in products]
