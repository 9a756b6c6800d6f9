"""What an act asks for beside the button: a reason, or the name of what it is about."""

from typing import Any

from django import forms

from tenants.fields import Paragraphs, Words


class RejectForm(forms.Form):
    reason = Paragraphs("Reason", longest=2000)

    def __init__(self, *args: Any, reader: str = "The applicant", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"{reader} reads it in an email."
        self.fields["reason"].error_messages["required"] = (
            "The other side reads the reason in an email. Write one or two sentences."
        )


class TypedForm(forms.Form):
    """A dangerous act asks to type what it is about."""

    typed = Words("", longest=200, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, what: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].label = f"Type {what} to go on"
        self.fields["typed"].error_messages["required"] = f"Type {what} exactly as shown."
