"""Form fields with the words of words.md 7: what is wrong with this value, and what to type instead."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django_countries import countries

from rules import reasons
from tenants import public_ids

_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_EMPTY = "\u115f\u1160\u2800\u3164\uffa0"
_LOST = "\ufffd"
_PHONE = re.compile(r"\+\d{6,17}")


class Words(forms.CharField):
    """One line of text. Letters of every script are welcome, characters that cannot be seen are not."""

    def __init__(self, label: str, *, longest: int = 100, required: bool = True, hint: str = "", **more: Any) -> None:
        self.longest = longest
        self.unseen = f"{label} has characters that cannot be seen. Type it again."
        super().__init__(label=label, required=required, help_text=hint, **more)
        self.error_messages |= {"required": f"Enter {_lower(label)}.", "null_characters_not_allowed": self.unseen}
        # Our own check below names the length; Django's would come with other words.
        self.widget.attrs["maxlength"] = str(longest)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not isinstance(text, str) or not text:
            return text
        text = unicodedata.normalize("NFC", text)  # one spelling, however a keyboard joins letters and accents
        if any(self.hidden(letter) for letter in text) or not any(_shown(letter) for letter in text):
            raise ValidationError(self.unseen)
        if len(text) > self.longest:
            raise ValidationError(f"This has {len(text):,} letters. Use up to {self.longest:,}.")
        return text

    def hidden(self, letter: str) -> bool:
        return _hidden(letter)


class Paragraphs(Words):
    """Several lines of text."""

    def __init__(self, label: str, *, longest: int, **more: Any) -> None:
        super().__init__(label, longest=longest, widget=forms.Textarea(attrs={"rows": 4}), **more)

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def hidden(self, letter: str) -> bool:
        return letter not in "\n\t" and super().hidden(letter)


class Reason(Paragraphs):
    """Why somebody says no."""

    def __init__(self, hint: str = "") -> None:
        super().__init__("Reason", longest=2000, hint=hint)
        self.error_messages["required"] = reasons.MISSING


class Email(Words):
    """A work email, in small letters."""

    def __init__(self, label: str = "Work email", **more: Any) -> None:
        super().__init__(label, longest=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            email: str = forms.EmailField().clean(text).lower()
        except ValidationError:
            email = ""
        if not email or '"' in email:  # quoted parts are allowed in an email, but nobody has them
            raise ValidationError(f"{text} is not an email. It looks like name@company.example.")
        return email


class Phone(Words):
    """A phone number with its country code; spaces, dashes and brackets may be typed."""

    def __init__(self, label: str = "Phone", **more: Any) -> None:
        hint = more.pop("hint", "With country code.")
        super().__init__(label, longest=30, hint=hint, widget=forms.TextInput(attrs={"type": "tel"}), **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        digits = re.sub(r"\(0\)|[\s().\-/]", "", text or "")  # (0) is left out from abroad
        if text and not (_PHONE.fullmatch(digits) and digits.isascii()):
            raise ValidationError("Start with + and the country code, then 6 to 14 digits.")
        return digits


class Website(Words):
    def __init__(self) -> None:
        hint, widget = "Starts with https:// or http://.", forms.TextInput(attrs={"inputmode": "url"})
        super().__init__("Website", longest=200, required=False, hint=hint, widget=widget)

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

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().clean(value)))


class Tick(forms.BooleanField):
    """One box that has to be ticked, or may be."""

    def __init__(self, label: str, *, message: str = "", required: bool = True, **more: Any) -> None:
        super().__init__(label=label, required=required, **more)
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
    """Control characters, other line ends, marks that turn the direction of what follows, letters lost on the way."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or letter in _TURNING + _LOST


def _shown(letter: str) -> bool:
    """A letter, number or sign that leaves ink."""
    return unicodedata.category(letter)[0] in "LNPS" and letter not in _EMPTY


def _lower(label: str) -> str:
    """`Company name` in the middle of a sentence; KCS and MSP stay as they are."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
