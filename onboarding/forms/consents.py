"""An MSP's question to an existing customer, and the customer's answer."""

from typing import Any

from django import forms

from tenants.fields import OneOf, SomeOf, Tick, Words
from tenants.models import Access, KnoxService


class LookUpForm(forms.Form):
    kcs_id = Words(
        "KCS Customer ID",
        longest=40,
        hint="Ten digits. The customer finds it on its company page. Your MSP ID does not work here.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class RequestForm(forms.Form):
    """What an MSP asks an existing customer for (words.md 7.5)."""

    kcs_id = Words("KCS Customer ID", longest=40, widget=forms.HiddenInput)
    services = SomeOf(
        "Services",
        KnoxService.choices,
        hint="What you ask for. The customer reads it before it decides.",
        message="Choose at least one service.",
    )
    access = OneOf("Access of the customer", Access.choices, widget=forms.RadioSelect, initial=Access.NONE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].error_messages["required"] = (
            "Choose No access or Full access. The choice counts for all services of this customer."
        )


class ConsentForm(forms.Form):
    """The customer's answer. Refusing needs nothing; approving needs a name and the boxes (words.md 5)."""

    name = Words("Your name", hint="")
    job_title = Words("Your job title", required=False)
    may_decide = Tick("")
    knows_losses = Tick("")
    note = Words("A note", longest=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, customer: str, msp: str, closes: bool, refuses: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = "The receipt shows who decided. Enter your name."
        for name in ("name", "job_title"):
            self.fields[name].help_text = f"We write it on the receipt of {customer}. {msp} does not see it."
        self._tick(
            "may_decide",
            f"I may decide this for {customer}.",
            f"Only someone who may decide for {customer} can answer. Tick the box, or forward the email to that "
            "person.",
        )
        self._tick(
            "knows_losses",
            "I know that our administrators lose their consoles.",
            "Your administrators lose their consoles. Tick the box to show that you know, or refuse.",
        )
        self.fields["note"].label = f"A note for {msp}"
        self.fields["note"].help_text = f"{msp} reads this note. Leave it empty if you like."
        if not closes:
            del self.fields["knows_losses"]
        if refuses:
            for field in self.fields.values():
                field.required = False

    def _tick(self, name: str, label: str, message: str) -> None:
        self.fields[name].label, self.fields[name].error_messages["required"] = label, message
