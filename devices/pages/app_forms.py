"""What a person types on a phone that joins by a code."""

from django import forms

from tenants.fields import Words


class EnrollForm(forms.Form):
    device = Words(
        "IMEI or serial number",
        longest=40,
        hint="Enter *#06# as if you called it: the phone shows its IMEI. The serial number is in the settings.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    model = Words(
        "Model code",
        longest=30,
        required=False,
        hint="With a serial number only. For example SM-S921B.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
