"""What is typed on the pages of tickets (words.md 7.9)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy

from rules import settings as rule
from support.attachments import Sent
from support.models import Ticket
from support.pages.frames import Frame
from tenants.fields import Email, OneOf, Paragraphs, SomeOf, Words
from tenants.models import KnoxService

Kind = Ticket.Kind
PAGE, NUMBER = 200, 16
"""How long the address of a page and the number of a request may be."""
_OF_A_CUSTOMER = (Kind.DELETION, Kind.SERVICE_REMOVAL)
"""What takes something away from a customer, so that only who may change it asks for it."""


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files beside a message. What they are is checked where they are kept (support/attachments.py)."""

    def __init__(self) -> None:
        super().__init__(label="Files", required=False, allow_empty_file=True, widget=_Files())
        self.widget.attrs |= {"accept": ".png,.jpg,.jpeg,.pdf,.txt,.log", "multiple": True}

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        self.help_text = f"Pictures, PDF, text, logs, up to {rule.number('ticket_file_megabytes')} MB."
        return super().get_bound_field(form, field_name)

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        files = data if isinstance(data, list | tuple) else [data]
        sent = [super(Files, self).clean(file, initial) for file in files if file]
        return [_read(file) for file in sent if file]


def _read(file: UploadedFile) -> Sent:
    """What is larger than any file that we take is not read: its size alone refuses it."""
    limit = rule.number("ticket_file_megabytes") * 1_000_000
    return Sent(file.name or "file", file.read(limit + 1))


def saying[F: forms.Field](field: F, **messages: str) -> F:
    """The field, with its own sentences for what is wrong."""
    field.error_messages |= messages
    return field


_KIND = "Choose the kind, so that it reaches the right team."
_WRITE = "Write at least one sentence."
_WHAT = "What you did, what you saw, what you expected. For a device: model, Android version, build. No passwords."
_REASON = "The other side reads the reason. Write one or two sentences."
_ADMIN = "Choose a Samsung admin from the list."
_PERSON = "Enter the email of the new super admin."


class TicketForm(forms.Form):
    """A new ticket. Two kinds ask for more: which services to remove, who shall be super admin."""

    kind = saying(OneOf("Kind", Kind.choices), required=_KIND, invalid_choice=_KIND)
    customer = saying(Words("Customer", longest=200, required=False), required="Choose the customer.")
    services = SomeOf("Services to remove", KnoxService.choices, message="Choose at least one service.")
    person_email = saying(Email("Email of the new super admin"), required=_PERSON)
    subject = saying(Words("Subject", longest=120, hint="One line."), required="Write one line.")
    text = saying(Paragraphs("What happened", longest=10_000, hint=_WHAT), required=_WRITE)
    attached = Files()
    page = Words("Page", longest=PAGE, required=False, widget=forms.HiddenInput)
    number = Words("Number of the request", longest=NUMBER, required=False, widget=forms.HiddenInput)
    organization = Words("Organization", longest=NUMBER, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, frame: Frame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frame = frame
        kind: Any = self.fields["kind"]
        if not frame.may_change_customers:
            kind.choices = [(value, label) for value, label in kind.choices if value not in _OF_A_CUSTOMER]
        more = {"hx-get": reverse_lazy("ticket-new"), "hx-target": "#more", "hx-select": "#more"}
        kind.widget.attrs |= {**more, "hx-swap": "outerHTML"}
        self.fields["customer"].help_text = "Name or KCS Customer ID. Only customers that you see."
        if self.chosen in _OF_A_CUSTOMER:
            self.fields["customer"].required = True
        self.fields["services"].widget.attrs |= {"aria-required": "true"}
        if frame.msp:
            kind.widget.attrs["hx-include"] = "#id_customer"  # what was typed there stays
        else:
            del self.fields["customer"]
        for name, wanted in (("services", Kind.SERVICE_REMOVAL), ("person_email", Kind.SUPER_ADMIN)):
            if self.chosen != wanted:
                del self.fields[name]

    @property
    def chosen(self) -> str:
        """The kind as it is shown now."""
        return str(self.data.get("kind", "") if self.is_bound else self.initial.get("kind", ""))

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        return " ".join(subject.split())

    def clean(self) -> dict[str, Any]:
        """Whose portal was launched may be blocked there since: the person writes for another organization then."""
        if "organization" in self.data and self.cleaned_data.get("organization") != self.frame.public_id:
            whose = self.frame.own or "yourself alone"
            raise ValidationError(f"You began this ticket in another name. It would be for {whose} now. Read it again.")
        return self.cleaned_data


class ReplyForm(forms.Form):
    text = saying(Paragraphs("Your answer", longest=10_000), required=_WRITE)
    attached = Files()


class DeletionForm(forms.Form):
    """A deletion asks to type the customer's name, and why."""

    typed = Words("", longest=200, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    reason = saying(Paragraphs("Reason", longest=2000, hint="Samsung reads it before it decides."), required=_WRITE)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["typed"].label = f"Type {name} to go on"
        self.fields["typed"].error_messages["required"] = self._differs

    @property
    def _differs(self) -> str:
        return f"Type {self.name} exactly as shown, so that you do not change another customer."

    def clean_typed(self) -> str:
        typed = " ".join(self.cleaned_data["typed"].split())
        if typed != " ".join(self.name.split()):
            raise ValidationError(self._differs)
        return typed


class ConfirmForm(forms.Form):
    """A Samsung admin types the KCS Customer ID before something goes for good."""

    kcs_id = Words("", longest=20, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted
        self.fields["kcs_id"].label = f"Type {wanted} to go on"
        self.fields["kcs_id"].error_messages["required"] = self._differs

    @property
    def _differs(self) -> str:
        return f"Type {self.wanted} exactly as shown, so that you do not change another customer."

    def clean_kcs_id(self) -> str:
        typed = "".join(self.cleaned_data["kcs_id"].split())
        if typed != self.wanted:
            raise ValidationError(self._differs)
        return typed


class ReasonForm(forms.Form):
    """Why Samsung rejects a deletion."""

    reason = saying(Paragraphs("Reason", longest=2000, hint="The other side reads it."), required=_REASON)


class AssignForm(forms.Form):
    """Which Samsung admin looks after a ticket."""

    to = saying(OneOf("Looked after by", [], required=False), invalid_choice=_ADMIN)

    def __init__(self, *args: Any, admins: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = [("", "Nobody yet"), *admins]
