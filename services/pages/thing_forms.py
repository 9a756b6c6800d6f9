"""The form of a thing: its name, then what its kind asks for. Built from the kind, so that a new service needs none."""

from datetime import date
from functools import cache
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format

from services import fields
from services.console import Console, Kind
from services.models import Thing
from tenants.fields import SomeOf, Words
from tenants.models import Customer

NAME, SEEN = "name", "seen"
_MOST_VERSIONS = 2**31 - 1


@cache
def form_class(kind: Kind) -> type[forms.Form]:
    """The kind's own fields after the name. `seen` is the version that the form was opened with."""
    more = {
        NAME: Words("Name"),
        SEEN: forms.IntegerField(
            required=False, widget=forms.HiddenInput, min_value=1, max_value=_MOST_VERSIONS,
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value"), "The page lost its version. Load it again."
            ),
        ),
        "field_order": [NAME],
        "__module__": __name__,
    }  # fmt: skip
    return type(f"Named{kind.form.__name__}", (kind.form,), more)


def to_add(customer: Customer, console: Console, kind: Kind, data: QueryDict | None) -> forms.Form:
    return fields.fill(form_class(kind)(data), customer, console.service)


def to_change(thing: Thing, console: Console, kind: Kind, data: QueryDict | None) -> forms.Form:
    now = thing.settings | {NAME: thing.name, SEEN: thing.version}
    return fields.fill(form_class(kind)(data, initial=now), thing.customer, console.service)


def parts(form: forms.Form, kind: Kind) -> list[tuple[str, list[forms.BoundField]]]:
    """The form as the page shows it: heading, fields. The name comes first."""
    first, *others = kind.parts or ((kind.label, " ".join(kind.form.base_fields)),)
    named = [(first[0], f"{NAME} {first[1]}"), *others]
    return [(heading, [form[name] for name in names.split()]) for heading, names in named]


def settings_of(form: forms.Form) -> dict[str, Any]:
    """What belongs to the kind."""
    return {name: value for name, value in form.cleaned_data.items() if name not in (NAME, SEEN)}


def show_newest(form: forms.Form, version: int) -> None:
    """Keep what was typed, but let the next save count as one that knows the newest version."""
    data = cast(QueryDict, form.data).copy()
    data[SEEN] = str(version)
    form.data = data


class TargetsForm(forms.Form):
    """The customers that get a copy, by their KCS Customer IDs."""

    customer = SomeOf("Customers", [], message="Tick at least one customer of the list.")

    def __init__(self, *args: Any, targets: list[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {one.kcs_id: one for one in targets}
        self.fields["customer"].choices = [(one.kcs_id, one.name) for one in targets]  # type: ignore[attr-defined]

    def chosen(self) -> list[Customer]:
        return [self.targets[kcs_id] for kcs_id in self.cleaned_data["customer"]]


def facts(form: forms.Form, settings: dict[str, Any]) -> list[tuple[str, str]]:
    """The settings as people read them: label, value (several lines for a list). `form` offers the other things."""
    return [
        (str(field.label), text(field, settings.get(name)))
        for name, field in form.fields.items()
        if name not in (NAME, SEEN)
    ]


def text(field: forms.Field, value: Any) -> str:
    """One setting as text; a dash where there is none."""
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if value in (None, "", []):
        return "–"
    if isinstance(field, forms.ChoiceField):
        return _chosen(field, value)
    if isinstance(field, forms.DateField):
        return date_format(date.fromisoformat(value), "j M Y")
    return f"{value:,}" if isinstance(value, int) else str(field.prepare_value(value))


def _chosen(field: forms.ChoiceField, value: Any) -> str:
    choices = cast("list[tuple[Any, Any]]", list(cast(Any, field.choices)))
    labels = {str(key): str(label) for key, label in choices if not isinstance(label, list | tuple)}
    values = value if isinstance(value, list) else [value]
    return "\n".join(labels.get(str(one), "Deleted") for one in values)
