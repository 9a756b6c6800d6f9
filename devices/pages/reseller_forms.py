"""What is typed in the Reseller Portal, and where a customer's side registers a reseller (words.md 7.6)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from devices.models import DeviceModel, ResellerCustomer, Upload
from devices.pages.upload_forms import DeviceFile, UploadForm
from tenants.fields import Words
from tenants.models import Reseller
from tenants.regions import Region

_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class CustomerForm(forms.Form):
    """A customer that the reseller adds by its ID. What the ID means is checked by the verb."""

    kcs_id = Words(
        "KCS Customer ID",
        longest=40,
        hint="Ten digits, from the customer or its MSP. An MSP ID does not work.",
        widget=forms.TextInput(attrs=_DIGITS),
    )
    internal_reference = Words(
        "Internal reference",
        longest=ResellerCustomer._meta.get_field("internal_reference").max_length or 0,
        required=False,
        hint="Your own name for this customer. Only your company reads it.",
    )


class ResellerUploadForm(UploadForm):
    """A file of a reseller, for one customer; without the field `target` each line names its own."""

    target = Words(
        "KCS Customer ID",
        longest=40,
        hint="Of the customer that owns the devices. An MSP ID does not work.",
        widget=forms.TextInput(attrs=_DIGITS | {"list": "customers"}),
    )
    profile = Words(
        "Profile",
        longest=Upload._meta.get_field("profile").max_length or 0,
        required=False,
        hint="Name of a Mobile Enrollment profile of the customer, which can change it.",
    )
    field_order = ("target", "file", "lines")

    def __init__(self, *args: Any, reseller: Reseller, bulk: bool, **kwargs: Any) -> None:
        super().__init__(*args, region=Region(reseller.regions[0]), **kwargs)
        self.reseller = reseller
        if bulk:
            del self.fields["target"], self.fields["profile"]  # each customer has its own

    def clean_model(self) -> str:
        """The code of a model of one of the reseller's regions; whether it fits the customer is checked by line."""
        code: str = self.cleaned_data["model"].upper()
        model = DeviceModel.objects.filter(code=code).first() if code else None
        if code and not model:
            raise ValidationError(f"We do not know the model {code}. Choose one from the list, for example SM-S921B.")
        if model and model.region not in self.reseller.regions:
            raise ValidationError(
                f"{model.code} is a device for {model.get_region_display()}. Samsung has not authorized your company "
                "there."
            )
        return code

    def sent(self) -> dict[str, Any]:
        return super().sent() | {"profile": self.cleaned_data.get("profile", "")}


class DeleteListForm(forms.Form):
    """The devices to delete, as a file or as lines."""

    file = DeviceFile()
    lines = forms.CharField(
        label="Or paste here",
        required=False,
        strip=False,
        help_text="One device on a line, or KCS Customer ID and device with a comma between.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "null_characters_not_allowed": "Hidden characters damaged these lines. Paste them again as text."
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, pasted = data.get("file"), data.get("lines", "").strip()
        if file and pasted:
            self.add_error("lines", "You chose a file and pasted lines. Send one of the two.")
        if not file and not pasted and not self.errors:
            self.add_error("file", "Choose a CSV file, or paste IMEIs into the box.")
        return data


class NumberForm(forms.Form):
    """Deleting asks for the number of devices, typed by hand (words.md 6.2)."""

    typed = Words("", longest=20, widget=forms.TextInput(attrs=_DIGITS))

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].label = f"Type {number} to go on"
        self.fields["typed"].error_messages["required"] = f"Type {number} exactly as shown."


class ResellerIdForm(forms.Form):
    """Whom a customer's side registers (knox.md 4.4)."""

    reseller_id = Words(
        "Reseller ID",
        longest=40,
        hint="Ten digits. The reseller finds it on its first page.",
        widget=forms.TextInput(attrs=_DIGITS),
    )
