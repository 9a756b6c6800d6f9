"""What an act asks for beside the button: a reason, or the name of what it is about."""

from typing import Any

from django import forms

from tenants.fields import Reason, Words


class RejectForm(forms.Form):
    reason = Reason()

    def __init__(self, *args: Any, reader: str = "The applicant", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"{reader} reads it in an email."


class TypedForm(forms.Form):
    """A dangerous act asks to type what it is about."""

    typed = Words("", longest=200, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, what: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].label = f"Type {what} to go on"
        self.fields["typed"].error_messages["required"] = f"Type {what} exactly as shown."
