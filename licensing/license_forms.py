"""What people type about licenses; the rules stand in the verbs (words.md 7.7)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rules import settings as rule
from tenants.fields import OneOf, Words


class Number(Words):
    """A whole number from 1 on."""

    def __init__(self, label: str, *, limit: int, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, longest=20, widget=widget, **more)
        self.up_to(limit)

    def up_to(self, limit: int) -> None:
        self.limit, self.wrong = limit, f"Enter a number from 1 to {limit:,}."
        self.error_messages["required"] = self.wrong

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        digits = (text or "").replace(",", "").replace(" ", "")
        if text and not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= self.limit):
            raise ValidationError(self.wrong)
        return int(digits) if digits else None


class Bought(Number):
    """How many seats or months an order or a key has: up to the number in force of a setting."""

    def __init__(self, label: str, *, setting: str, **more: Any) -> None:
        self.setting = setting
        super().__init__(label, limit=0, **more)

    def clean(self, value: Any) -> Any:
        self.up_to(rule.number(self.setting))
        return super().clean(value)


class KeyForm(forms.Form):
    """A further key for a license that is there."""

    key = Words(
        "License key",
        longest=60,
        hint="From the license reseller. It serves this customer only. Example: KLM09-AB12C-DE34F-GH56J-KL78M-NP90Q.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code"}),
    )


class EnterKeyForm(KeyForm):
    name = Words("License name", required=False, hint="Your own name for it.")


class NameForm(forms.Form):
    name = Words("License name", hint="Your own name for it.")


class SeatsForm(forms.Form):
    """How many seats are left after giving some back."""

    seats = Number("Seats", limit=100_000, hint="A seat for each device.")


class ReplaceForm(forms.Form):
    to = OneOf("New license", [])

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, OneOf)  # noqa: S101  (tells mypy)
        to.choices = [("", "Choose"), *choices]


class DeleteForm(forms.Form):
    """A dangerous act asks to type what it is about: the last five signs of the key, or a trial's name."""

    typed = Words("", longest=200, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, what: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what = what
        self.fields["typed"].label = label
        self.fields["typed"].error_messages["required"] = f"Type {what} exactly as shown."

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().upper() != self.what.upper():
            raise ValidationError(f"Type {self.what} exactly as shown.")
        return typed
