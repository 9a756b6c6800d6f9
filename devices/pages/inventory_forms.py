"""What is typed to act on many devices."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from devices import tags
from rules import settings as rule
from tenants.fields import Words


class TagsForm(forms.Form):
    """Tags to add to devices, or to take away from them."""

    tags = Words("Tags", longest=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].help_text = f"With commas between. A device can have {rule.number('device_tags')} tags."
        self.fields["tags"].widget.attrs |= {"autocomplete": "off"}

    def clean_tags(self) -> list[str]:
        read = tags.read(self.cleaned_data["tags"])
        if not read:
            raise ValidationError("Enter tags.")
        return read


class DeleteForm(forms.Form):
    """How many devices go, typed as the page says it."""

    typed = Words(
        "",
        longest=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        self.fields["typed"].label = f"Type {count:,} to go on"
        self.fields["typed"].error_messages["required"] = f"Type {count:,} exactly as shown."

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.replace(",", "").strip() != str(self.count):
            raise ValidationError(f"Type {self.count:,} exactly as shown, so that you do not delete other devices.")
        return typed
