"""What is typed about administrators and roles (words.md 7.8)."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from tenants import rights
from tenants.fields import Email, OneOf, Paragraphs, SomeOf, Words
from tenants.models import Customer, Membership, Role

TEMPLATE = [["First name", "Last name", "Email"], ["Tom", "Okafor", "tom@company.example"]]
MOST_LINES = 200
_MANY = 50
"""From so many customers on, the boxes have a search."""
_MOST_BYTES = 100_000
_COLUMNS = ("first name", "last name", "email")
_PERSON: dict[str, Words] = {
    "first_name": Words("First name"),
    "last_name": Words("Last name"),
    "email": Email("Email"),
}
"""One line of a file, held to the same rules as the form."""


class MembershipForm(forms.Form):
    """The role, and for an MSP the customers that it reaches."""

    role = OneOf("Role", [], hint="What the person can do. The list below shows each right.")
    scope = OneOf("Customers", Membership.Scope.choices, widget=forms.RadioSelect, initial=Membership.Scope.ALL)
    customers = SomeOf(
        "Which customers",
        [],
        required=False,
        message="Choose customers of the list.",
        hint="Only some: the ones that the person reaches. All but some: the ones that stay closed, also later.",
    )

    def __init__(self, *args: Any, roles: Iterable[Role], customers: Iterable[Customer] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {str(role.pk): role for role in roles}
        self.many = False
        own: Any = self.fields
        own["role"].choices = [("", "Choose"), *((key, role.name) for key, role in self.roles.items())]
        if customers is None:
            del self.fields["scope"], self.fields["customers"]
            return
        self.offered = {one.kcs_id: one for one in customers}
        self.many = len(self.offered) > _MANY
        own["customers"].choices = [(kcs_id, one.name) for kcs_id, one in self.offered.items()]

    def membership(self) -> dict[str, Any]:
        """What the verbs take."""
        data = self.cleaned_data
        chosen: dict[str, Any] = {"role": self.roles[data["role"]]}
        if "scope" in self.fields:
            scope = Membership.Scope(data["scope"])
            named = [self.offered[one] for one in data["customers"]] if scope != Membership.Scope.ALL else []
            chosen |= {"scope": scope, "customers": named}
        return chosen


class InviteForm(MembershipForm):
    """One person, or a CSV file with several: all get the same role and customers."""

    field_order = ("first_name", "last_name", "email", "file", "role", "scope", "customers")

    first_name = Words("First name")
    last_name = Words("Last name")
    email = Email(hint="The link goes there. It works once.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(
            label="Or a CSV file",
            required=False,
            allow_empty_file=True,
            help_text=f"First name, last name and email of each person, up to {MOST_LINES} lines.",
            widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
            error_messages={"invalid": "Choose a CSV file.", "missing": "Choose a CSV file."},
        )
        self.order_fields(self.field_order)
        for name in _PERSON if self.files.get("file") else ():
            self.fields[name].required = False

    def clean_file(self) -> list["Line"]:
        file = self.cleaned_data["file"]
        return _lines(file) if file else []


class Line(NamedTuple):
    """A line of the file: its number, who it names, and what is wrong with it."""

    number: int
    person: dict[str, Any]
    problem: str


class RoleForm(forms.Form):
    """A role of the MSP's own. Boxes come in groups, in the template."""

    name = Words("Name", longest=60)
    description = Paragraphs("Description", longest=300, required=False)
    rights = SomeOf(
        "Rights",
        [(one.codename, one.label) for group in rights.MSP for one in group.rights],
        message="Tick at least one right. Without one the person can see nothing.",
    )


def _lines(file: Any) -> list[Line]:
    if file.size > _MOST_BYTES:
        raise ValidationError(f"{file.name} is too big. A file can have up to {MOST_LINES} lines.")
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("We cannot read the letters. Save the file as CSV UTF-8 and send it again.") from None
    if "\x00" in text:
        raise ValidationError(f"{file.name} is not a CSV file. In your spreadsheet choose Save as, then CSV UTF-8.")
    found = list(_read(text))
    if not found:
        raise ValidationError(f"{file.name} has nobody in it. Put one person on each line and send it again.")
    if len(found) > MOST_LINES:
        raise ValidationError(
            f"{file.name} has {len(found):,} lines. A file can have {MOST_LINES}. Split it and send the parts."
        )
    return found


def _read(text: str) -> Iterator[Line]:
    """The lines with content, without the head. Spreadsheets of some countries write semicolons."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells) and tuple(cell.lower() for cell in cells[:3]) != _COLUMNS:
                yield _line(rows.line_num, cells)
    except csv.Error:
        raise ValidationError("We cannot read this file. Save it as CSV UTF-8 and send it again.") from None


def _line(number: int, cells: list[str]) -> Line:
    person: dict[str, Any] = dict(zip(_PERSON, [*cells, "", "", ""], strict=False))
    for name, field in _PERSON.items():
        try:
            person[name] = field.clean(person[name])
        except ValidationError as no:
            said = no.messages[0] if person[name] else f"The {str(field.label).lower()} is missing."
            return Line(number, person, said)
    return Line(number, person, "")
