"""allauth's forms with the words of words.md 7, where Django speaks of a required field and a valid address."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms


class Worded(forms.Form):
    """Names what to enter, and shows what an email looks like."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label = str(field.label or name)
            field.error_messages |= {
                "required": f"Enter {label.lower()}.",
                "max_length": "This has %(show_value)s letters. Use up to %(limit_value)s.",
                "null_characters_not_allowed": f"{label} has characters that cannot be seen. Type it again.",
            }
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = "This is not an email. It looks like name@company.example."


class OnArrival(Worded):
    """Alone on its page: whoever comes types at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = next(iter(self.fields.values()))
        first.widget.attrs["autofocus"] = True


class LoginForm(OnArrival, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class AddEmailForm(Worded, account.AddEmailForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(OnArrival, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class AuthenticateForm(OnArrival, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class MfaReauthenticateForm(OnArrival, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateTOTPForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


class AddWebAuthnForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey, unless somebody takes the tick out: that is what Security promises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = (
            "It asks for your fingerprint, face or PIN. Take the tick out for a security key without a PIN: "
            "it is then a second step after the password."
        )


class EditWebAuthnForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    pass
