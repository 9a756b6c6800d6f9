"""What is typed on the upload pages (words.md 7.6)."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from devices import tags
from devices.models import DeviceModel
from devices.reading import unreadable
from rules import settings as rule
from tenants.fields import Words
from tenants.regions import Region

MEGABYTE = 1_000_000
_LONGEST_NAME = 200
_PASTED = "pasted-lines.csv"


class DeviceFile(forms.FileField):
    """A file of device lines. What is in it is read by the worker; here only its size counts."""

    def __init__(self, **more: Any) -> None:
        super().__init__(label="CSV or XLSX file", required=False, allow_empty_file=True, **more)
        self.widget.attrs |= {"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        if not file.size:
            raise ValidationError(str(unreadable.empty(short_name(file.name))))
        megabytes = rule.number("upload_megabytes")
        if file.size > megabytes * MEGABYTE:
            sentence = unreadable.too_big(short_name(file.name), size=file.size, megabytes=megabytes)
            raise ValidationError(str(sentence), code="size")
        return file


class DeviceLines(forms.CharField):
    """Lines pasted into the page. What is in them is read by the worker."""

    def __init__(self) -> None:
        super().__init__(
            label="Or paste here",
            required=False,
            strip=False,
            help_text="One device on a line.",
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        )
        self.error_messages["null_characters_not_allowed"] = (
            "Hidden characters damaged these lines. Paste them again as text."
        )


class OrderDate(forms.DateField):
    """A day, as the browser's own calendar sends it."""

    wrong = "An order date looks like 2026-11-24."
    first_year = 2000
    """A day before is a slip: Knox is younger."""

    def __init__(self) -> None:
        super().__init__(
            label="Order date",
            required=False,
            help_text="When they were ordered.",
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        self.error_messages["invalid"] = self.wrong

    def clean(self, value: Any) -> date | None:
        typed: date | None = super().clean(value)
        if typed and typed.year < self.first_year:
            raise ValidationError(self.wrong)
        return typed


class UploadForm(forms.Form):
    """One file or pasted lines, and what counts for all their devices."""

    file = DeviceFile()
    lines = DeviceLines()
    model = Words(
        "Model",
        longest=30,
        required=False,
        hint="Only for lines that name none: a MEID or a serial number does not tell the model. For example SM-S921B.",
    )
    order_number = Words("Order number", longest=60, required=False, hint="Letters and digits.")
    order_date = OrderDate()
    tags = Words("Tags", longest=1000, required=False)

    def __init__(self, *args: Any, region: Region | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        self.fields["tags"].help_text = f"Up to {rule.number('device_tags')} tags, with commas between."
        self.fields["model"].widget.attrs |= {"list": "models", "autocomplete": "off"}

    def clean_model(self) -> str:
        """The code of a model that we know, of the region for which the MSP is approved (None: of any)."""
        code: str = self.cleaned_data["model"].upper()
        model = DeviceModel.objects.filter(code=code).first() if code else None
        if code and not model:
            raise ValidationError(f"We do not know the model {code}. Choose one from the list, for example SM-S921B.")
        if model and self.region and model.region != self.region:
            raise ValidationError(
                f"{model.code} is a device for {model.get_region_display()}. Samsung approved your MSP for "
                f"{self.region.label}. Use the model for {self.region.label}."
            )
        return code

    def clean_order_number(self) -> str:
        number: str = self.cleaned_data["order_number"]
        if number and not (number.isascii() and number.isalnum()):
            raise ValidationError("An order number has letters and digits only.")
        return number

    def clean_tags(self) -> list[str]:
        return tags.read(self.cleaned_data["tags"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, pasted = data.get("file"), data.get("lines", "").strip()
        if file and pasted:
            self.add_error("lines", "You chose a file and pasted lines. Send one of the two.")
        if not file and not pasted and not {"file", "lines"} & self.errors.keys():
            self.add_error("file", str(unreadable.nothing()))
        return data

    def sent(self) -> dict[str, Any]:
        """As uploads.receive takes it: the bytes in pieces, and what counts for all lines."""
        data = self.cleaned_data
        file: UploadedFile | None = data["file"]
        return {
            "pieces": file.chunks() if file else iter([data["lines"].encode()]),
            "name": short_name(file.name or "") if file else _PASTED,
            "default_model": data["model"],
            "order_number": data["order_number"],
            "order_date": data["order_date"],
            "tags": data["tags"],
        }


class LineNumber(forms.IntegerField):
    """Which line is meant. The page sends it; nobody types it."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class LineForm(forms.Form):
    """One line, typed anew. A field that is not sent stays as it is."""

    line = LineNumber()
    typed = Words("IMEI, MEID or serial number", longest=200, required=False)
    model = Words("Model code", longest=40, required=False)
    order_number = Words("Order number", longest=60, required=False)
    order_date = Words("Order date", longest=40, required=False)
    customer = Words("KCS Customer ID", longest=40, required=False)

    def sent(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.data if name in self.cleaned_data and name != "line"}

    @property
    def no(self) -> str:
        """The first sentence that says what is wrong with what was typed."""
        return next((str(errors[0]) for name, errors in self.errors.items() if name != "line"), "")


def short_name(name: str) -> str:
    """A file's name without what cannot be seen, and not longer than we keep. Its end tells the kind."""
    seen = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip() or "file"
    stem, dot, end = seen.rpartition(".")
    if len(seen) <= _LONGEST_NAME or not dot:
        return seen[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(end) - 1]}.{end}"[:_LONGEST_NAME]
