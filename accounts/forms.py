"""The password of a new account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User


class NewPasswordForm(forms.Form):
    """What a person sets who comes by a link in a letter and has no account yet."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=200,
        help_text="At least 8 characters, and not a common one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": "Enter a new password.",
            "max_length": "This has %(show_value)s letters. Use up to %(limit_value)s.",
            "null_characters_not_allowed": "New password has characters that cannot be seen. Type it again.",
        },
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email))
        return password
