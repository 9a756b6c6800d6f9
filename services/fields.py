"""Form fields that name other things of the same customer: a group its profile, a group its members.

They hold keys of things. A form with them is filled with one customer's things before it is shown or read.
"""

from typing import Any

from django import forms

from services.models import Thing
from tenants.fields import OneOf, SomeOf
from tenants.models import Customer, KnoxService


class OneThing(OneOf):
    """One thing of the kind with this code. Cleans to its key, or None."""

    def __init__(self, label: str, of_kind: str, *, required: bool = True, hint: str = "") -> None:
        self.of_kind = of_kind
        super().__init__(label, [], required=required, hint=hint)

    def fill(self, named: list[tuple[int, str]]) -> None:
        self.choices = [("", "Choose" if self.required else "–"), *named]

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return int(text) if text else None


class SomeThings(SomeOf):
    """Any things of the kind with this code. Cleans to their keys."""

    def __init__(self, label: str, of_kind: str, *, message: str = "", required: bool = False, hint: str = "") -> None:
        self.of_kind = of_kind
        super().__init__(label, [], message=message or "Choose from the list.", required=required, hint=hint)

    def fill(self, named: list[tuple[int, str]]) -> None:
        self.choices = named

    def clean(self, value: Any) -> Any:
        return [int(one) for one in super().clean(value)]


def fill[F: forms.Form](form: F, customer: Customer, service: KnoxService) -> F:
    """Let the form offer this customer's things. One query, and none for a form that names no things."""
    fields = [field for field in form.fields.values() if isinstance(field, OneThing | SomeThings)]
    if fields:
        kinds = {field.of_kind for field in fields}
        things = Thing.objects.filter(customer=customer, service=service, kind__in=kinds, ended_at=None)
        rows = list(things.order_by("name_key", "pk").values_list("kind", "pk", "name"))
        for field in fields:
            field.fill([(pk, name) for kind, pk, name in rows if kind == field.of_kind])
    return form


def naming(form: type[forms.Form]) -> dict[str, str]:
    """The fields of a form that name things, with the code of the kind that they name."""
    fields = form.base_fields.items()
    return {name: field.of_kind for name, field in fields if isinstance(field, OneThing | SomeThings)}
