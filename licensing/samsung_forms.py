"""What a Samsung admin types about a license key."""

from typing import Any

from django import forms

from tenants.fields import Paragraphs, Words

_READERS = "The license reseller, and the MSP that ordered the key, read it in an email."


class WithdrawForm(forms.Form):
    """A key is taken back for ever, so its last five signs are typed."""

    reason = Paragraphs("Reason", longest=2000, hint=_READERS)
    typed = Words("Last 5 signs of the key", longest=20)

    def __init__(self, *args: Any, last5: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last5 = last5
        self.fields["typed"].label = f"Type {last5}, the last 5 signs of the key, to go on"

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].upper()
        if typed != self.last5:
            raise forms.ValidationError(f"Type {self.last5} exactly as shown.")
        return typed
