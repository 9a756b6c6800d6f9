"""What people type about claims and swaps of devices; the rules stand in the verbs."""

from django import forms

from tenants.fields import Paragraphs, Words

_CODE = {"autocomplete": "off", "spellcheck": "false", "class": "code"}


class ClaimForm(forms.Form):
    device = Words(
        "Device", longest=40, hint="IMEI, MEID or serial number.", widget=forms.TextInput(attrs=_CODE)
    )  # fmt: skip
    reference = Words("Reference number", longest=60, hint="As Samsung gave it.", widget=forms.TextInput(attrs=_CODE))
    reason = Paragraphs("Reason", longest=2000, hint="What is broken, and how it happened.")


class ResultForm(forms.Form):
    result = Words(
        "Result", longest=200, hint="Repaired, replaced or refused. It counts against the limit of the plan."
    )


class SwapForm(forms.Form):
    device = Words(
        "New device", longest=40, hint="IMEI, MEID or serial number. It need not be in the inventory.",
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
    model = Words(
        "Model code", longest=30, required=False, hint="Only for a MEID or a serial number. Example: SM-S921B.",
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
