"""What is asked before an action: its own fields, what it assigns, the license, and a confirmation."""

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from licensing.models import License
from services import fields
from services.console import Action
from services.engine import Options, Preview
from services.models import Thing
from services.pages.places import ServicePlace
from tenants.fields import OneOf, Words

_OWN = ("thing", "license", "typed")
_THINGS_OFFERED = 500


class Confirmation(Words):
    """The number of devices, or the number of the one, typed as the page says it."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        attrs = {"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
        super().__init__(f"Type {wanted} to go on", longest=20, widget=forms.TextInput(attrs=attrs))
        self.error_messages["required"] = f"Type {wanted} exactly as shown."

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value)).replace(",", "").strip()
        if typed.upper() != self.wanted.replace(",", "").upper():
            raise ValidationError(f"Type {self.wanted} exactly as shown, so that you do not reach other devices.")
        return typed


class ActForm(forms.Form):
    """Built for one action of one customer."""

    things: dict[str, Thing]
    licenses: dict[str, License]

    def options(self) -> Options:
        data = self.cleaned_data
        params = {name: value for name, value in data.items() if name not in _OWN}
        return Options(self.things.get(data.get("thing", "")), self.licenses.get(data.get("license", "")), params)


@cache
def form_class(asks: type[forms.Form] | None) -> type[ActForm]:
    """What every action asks, before what this one does. One class a form, so that each can be listed."""
    return type(f"Act{asks.__name__}", (ActForm, asks), {"__module__": __name__}) if asks else ActForm


def form_for(at: ServicePlace, action: Action, preview: Preview, data: Any, *, wanted: str) -> ActForm:
    """`wanted` is what a dangerous action asks to type. At most three queries."""
    things, licenses = _things(at, action), licenses_for(at) if preview.new_seats else {}
    form = form_class(action.form)(data, initial=_initial(licenses, preview))
    form.things, form.licenses = things, licenses
    if action.assigns:
        kind = at.console.kind(action.assigns)
        label = kind.label if kind else "What to assign"
        form.fields["thing"] = OneOf(label, [(pk, one.name) for pk, one in things.items()])
    if licenses:
        form.fields["license"] = OneOf("License", [(pk, _said(one)) for pk, one in licenses.items()], required=False)
    if action.danger and preview.affected:
        form.fields["typed"] = Confirmation(wanted)
    form.order_fields(["thing"])
    return fields.fill(form, at.customer, at.console.service)


def licenses_for(at: ServicePlace) -> dict[str, License]:
    """The customer's running licenses of the service, the one with most seats left first."""
    own = License.objects.kept().in_state(License.State.ACTIVE).filter(customer=at.customer)
    found = [one for one in own if at.console.service in one.services.split()]
    return {str(one.pk): one for one in sorted(found, key=lambda one: -one.left)}


def _things(at: ServicePlace, action: Action) -> dict[str, Thing]:
    if not action.assigns:
        return {}
    kind = at.console.kind(action.assigns)
    own = Thing.objects.filter(customer=at.customer, service=at.console.service, kind=action.assigns, ended_at=None)
    found = own.order_by("name_key", "pk")[:_THINGS_OFFERED]
    is_over = kind.state if kind else None
    return {str(one.pk): one for one in found if not (is_over and is_over(one.settings) == "expired")}


def _initial(licenses: dict[str, License], preview: Preview) -> dict[str, str]:
    """The license with most seats left, where they are enough."""
    best = next(iter(licenses), "")
    return {"license": best} if best and licenses[best].left >= preview.new_seats else {}


def _said(license: License) -> str:
    return f"{license.name}: {license.left:,} of {license.seats:,} seats left"
