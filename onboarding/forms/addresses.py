"""Where a company is."""

from typing import Any

from django import forms

from tenants.fields import Country, Website, Words


class ZipCode(Words):
    """In capitals. What a country has, and whether it needs one, is known with the country (tenants/addresses.py)."""

    sometimes_needed = True

    def __init__(self) -> None:
        super().__init__("Zip code", longest=20, required=False)

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").upper()


class State(Words):
    """Whether there is one is known with the country, too."""

    sometimes_needed = True

    def __init__(self) -> None:
        super().__init__("State", required=False)


class AddressFields(forms.Form):
    country = Country()
    address_1 = Words("Address 1", longest=200, hint="Of the main office.")
    address_2 = Words("Address 2", longest=200, required=False)
    city = Words("City")
    province = State()
    zip_code = ZipCode()
    website = Website()
