"""Form fields of things: those that name other things of the customer, JSON, safe addresses.

A group names its profile and its members by their keys. A form with such fields is filled with one customer's things
before it is shown or read.
"""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from services.models import Thing
from tenants.fields import OneOf, Paragraphs, SomeOf, Words
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


def naming(form: type[forms.Form]) -> tuple[dict[str, str], list[str]]:
    """The form's fields that name one thing, each with the code of the kind; and those that name several."""
    fields = form.base_fields.items()
    ones = {name: field.of_kind for name, field in fields if isinstance(field, OneThing)}
    return ones, [name for name, field in fields if isinstance(field, SomeThings)]


class JsonObject(Paragraphs):
    """What an agent of another maker wants told, as a JSON object. Kept as the text that was typed."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            read = json.loads(text, parse_constant=_no_constant)
        except RecursionError:
            raise ValidationError("This is nested too deep. Use fewer levels.") from None
        except json.JSONDecodeError as error:
            raise ValidationError(f"Line {error.lineno}, sign {error.colno}: this is not JSON. Correct it.") from None
        except ValueError:
            raise ValidationError("This has a number that JSON does not know. Correct it.") from None
        if not isinstance(read, dict):
            raise ValidationError('Start with { and end with }, as in {"server": "https://mdm.example"}.')
        return text


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class SafeAddress(Words):
    """A web address that starts with https."""

    def __init__(self, label: str, *, required: bool = False, hint: str = "") -> None:
        super().__init__(
            label, longest=500, required=required, hint=hint, widget=forms.TextInput(attrs={"inputmode": "url"})
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text:
            try:
                URLValidator(schemes=["https"])(text)
            except ValidationError:
                raise ValidationError("This address starts with https://.") from None
        return text
