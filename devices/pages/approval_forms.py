"""What a person types on the page of one approval."""

from typing import Any

from django import forms

from tenants.fields import Paragraphs


class RejectUploadForm(forms.Form):
    reason = Paragraphs("Reason", longest=2000, hint="The reseller reads it in an email.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = (
            "The other side reads the reason in an email. Write one or two sentences."
        )
