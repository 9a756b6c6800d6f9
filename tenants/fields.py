"""Form fields with the words of words.md 7: what is wrong with this value, and what to type instead."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django_countries import countries

from tenants import public_ids

_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PHONE = re.compile(r"\+\d{6,17}")


class Words(forms.CharField):
    """One line of text. Letters of every script are welcome, characters that cannot be seen are not."""

    def __init__(self, label: str, *, longest: int = 100, required: bool = True, hint: str = "", **more: Any) -> None:
        self.longest = longest
        super().__init__(label=label, required=required, help_text=hint, **more)
        self.error_messages["required"] = f"Enter {_lower(label)}."
        # Our own check below names the length; Django's would come with other words.
        self.widget.attrs["maxlength"] = str(longest)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not isinstance(text, str):
            return text
        if any(_hidden(letter) for letter in text):
            raise ValidationError(f"{self.label} has characters that cannot be seen. Type it again.")
        if len(text) > self.longest:
            raise ValidationError(f"This has {len(text)} letters. Use up to {self.longest}.")
        return text


class Email(Words):
    """A work email, in small letters."""

    def __init__(self, label: str = "Work email", **more: Any) -> None:
        super().__init__(label, longest=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return forms.EmailField().clean(text).lower()
        except ValidationError:
            raise ValidationError(f"{text} is not an email. It looks like name@company.example.") from None


class Phone(Words):
    """A phone number with its country code; spaces, dashes and brackets may be typed."""

    def __init__(self, label: str = "Phone", **more: Any) -> None:
        hint = more.pop("hint", "With country code.")
        super().__init__(label, longest=30, hint=hint, widget=forms.TextInput(attrs={"type": "tel"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        digits = re.sub(r"[\s().\-/]", "", text or "")
        if text and not (_PHONE.fullmatch(digits) and digits.isascii()):
            raise ValidationError("Start with + and the country code, then 6 to 14 digits.")
        return digits


class Website(Words):
    def __init__(self, label: str = "Website", **more: Any) -> None:
        super().__init__(label, longest=200, required=False, widget=forms.TextInput(attrs={"inputmode": "url"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text:
            try:
                URLValidator(schemes=["http", "https"])(text)
            except ValidationError:
                raise ValidationError("A web address starts with https:// or http://.") from None
        return text


class OneOf(forms.ChoiceField):
    """One choice of a list."""

    def __init__(self, label: str, choices: Any, *, required: bool = True, hint: str = "", **more: Any) -> None:
        filled = [("", "Choose" if required else "–"), *choices] if "widget" not in more else choices
        super().__init__(label=label, choices=filled, required=required, help_text=hint, **more)
        message = f"Choose {_lower(label)}."
        self.error_messages |= {"required": message, "invalid_choice": message}


class SomeOf(forms.MultipleChoiceField):
    """Any of a list, as boxes to tick."""

    def __init__(self, label: str, choices: Any, *, message: str, hint: str = "", required: bool = True) -> None:
        super().__init__(
            label=label, choices=choices, required=required, help_text=hint, widget=forms.CheckboxSelectMultiple
        )
        self.error_messages |= {"required": message, "invalid_choice": message, "invalid_list": message}


class Tick(forms.BooleanField):
    """One box that has to be ticked, or may be."""

    def __init__(self, label: str, *, message: str = "", required: bool = True) -> None:
        super().__init__(label=label, required=required)
        self.error_messages["required"] = message


class Country(OneOf):
    def __init__(self, label: str = "Country", **more: Any) -> None:
        super().__init__(label, list(countries), hint=more.pop("hint", "Decides the region."), **more)
        message = "Choose a country from the list."
        self.error_messages |= {"required": message, "invalid_choice": message}


class PublicId(Words):
    """A ten-digit ID; spaces are accepted, and an ID of another kind is named."""

    def __init__(self, label: str, *, wanted: public_ids.Kind, required: bool = True, hint: str = "") -> None:
        self.wanted = wanted
        super().__init__(
            label, longest=20, required=required, hint=hint, widget=forms.TextInput(attrs={"inputmode": "numeric"})
        )

    def clean(self, value: Any) -> Any:
        digits = public_ids.clean(super().clean(value) or "")
        if digits and (problem := public_ids.problem(digits, wanted=self.wanted)):
            raise ValidationError(problem)
        return digits


def _hidden(letter: str) -> bool:
    """Control characters, and the marks that turn the direction of what follows."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") or letter in _TURNING


def _lower(label: str) -> str:
    """`Company name` in the middle of a sentence; KCS and MSP stay as they are."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
