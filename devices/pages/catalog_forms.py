"""What Samsung admins type about models."""

from typing import Any

from django import forms

from devices.models import DeviceModel
from devices.pages.catalog_fields import CatalogFile, CatalogLines, ModelCode, Tacs
from tenants.fields import OneOf, Words
from tenants.regions import Region


class CatalogForm(forms.Form):
    """One model and its TACs."""

    code = ModelCode(hint="As it stands on the box, with the letter of its region.")
    name = Words("Name", hint="As people call it.")
    region = OneOf("Region", Region.choices, hint="Where Samsung sells it. MSPs and customers of other regions cannot "
                   "add it.")  # fmt: skip
    tacs = Tacs()

    @classmethod
    def of(cls, data: Any, model: DeviceModel) -> "CatalogForm":
        tacs = list(model.tacs.order_by("tac").values_list("tac", flat=True))
        return cls(data, initial={"code": model.code, "name": model.name, "region": model.region, "tacs": tacs})

    def facts(self) -> dict[str, Any]:
        """As the verbs take them."""
        return self.cleaned_data | {"region": Region(self.cleaned_data["region"])}


class ImportForm(forms.Form):
    """A file or pasted lines; `lines` also carries what was looked at to the second step."""

    file = CatalogFile()
    lines = CatalogLines()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("lines", "").strip():
            self.add_error("file", "Choose a CSV file, or paste lines into the box.")
        return data

    def content(self) -> tuple[bytes, str]:
        """The bytes that were sent, and what to call them."""
        file = self.cleaned_data.get("file")
        return (file.read(), file.name) if file else (self.cleaned_data["lines"].encode(), "")
