"""Fields of the catalog, with the sentences for what is wrong."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from devices import catalog
from devices.catalog_import import MOST_BYTES
from devices.reading import unreadable
from tenants.fields import Paragraphs, Words


class ModelCode(Words):
    """A model code, in capitals."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"})
        super().__init__("Model code", longest=30, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        code = str(super().clean(value)).upper()
        if problem := catalog.code_problem(code):
            raise ValidationError(problem)
        return code


class Tacs(Paragraphs):
    """Type allocation codes, one on a line or with commas between."""

    most = 200

    def __init__(self, **more: Any) -> None:
        hint = "The first eight digits of the IMEIs. One on a line, or with commas between."
        super().__init__("TACs", longest=self.most * 10, required=False, hint=hint, **more)
        self.widget.attrs |= {"spellcheck": "false", "autocomplete": "off", "inputmode": "text"}

    def clean(self, value: Any) -> Any:
        tacs = catalog.tacs_in(super().clean(value) or "")
        for tac in tacs:
            if problem := catalog.tac_problem(tac):
                raise ValidationError(problem)
        return tacs

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class CatalogFile(forms.FileField):
    """A CSV file of models."""

    def __init__(self) -> None:
        super().__init__(label="CSV file", required=False, allow_empty_file=True)
        self.widget.attrs |= {"accept": ".csv,.txt,.tsv,text/csv"}
        self.help_text = "Model code, name, region and TAC; a line for each TAC. Up to 5,000 lines."

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file.size > MOST_BYTES:
            raise ValidationError(str(unreadable.too_big(file.name, size=file.size, megabytes=MOST_BYTES // 1_000_000)))
        return file


class CatalogLines(forms.CharField):
    """The same lines, pasted."""

    def __init__(self) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"})
        super().__init__(label="Or paste here", required=False, strip=False, max_length=MOST_BYTES, widget=widget)
        self.help_text = "For example: SM-S921B, Galaxy S24, Europe, 35214300"
        unseen = "Hidden characters damaged these lines. Paste them again as text."
        too_long = f"This is more than {MOST_BYTES // 1_000_000} MB. Send the lines in parts."
        self.error_messages |= {"null_characters_not_allowed": unseen}
        self.validators = [MaxLengthValidator(MOST_BYTES, too_long), *self.validators[1:]]
