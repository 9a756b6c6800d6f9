"""The preferences of a registered reseller (knox.md 4.4)."""

from typing import Any

from django import forms

from services import preferences
from services.models import Thing
from tenants.fields import OneOf
from tenants.models import Customer

_OFFERED = 500


class PreferencesForm(forms.Form):
    profile = OneOf(
        "Default Mobile Enrollment profile",
        [],
        required=False,
        hint="Devices get it when they are approved, unless the reseller named another one of yours. Profiles that "
        "need seats are not offered.",
    )

    def __init__(self, data: Any, *, customer: Customer, default: Thing | None) -> None:
        super().__init__(data, initial={"profile": default.pk if default else ""})
        self.things = {str(one.pk): one for one in preferences.offered(customer)[:_OFFERED]}
        field = self.fields["profile"]
        assert isinstance(field, OneOf)  # noqa: S101  (declared above)
        field.choices = [("", "–"), *((pk, one.name) for pk, one in self.things.items())]

    @property
    def chosen(self) -> Thing | None:
        return self.things.get(self.cleaned_data["profile"])
