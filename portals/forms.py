"""Forms of pages that belong to no single app."""

from django import forms

from accounts import preferences
from accounts.models import User
from tenants.fields import Email, OneOf, Phone


class PreferencesForm(forms.Form):
    time_zone = OneOf("Time zone", preferences.zones(), hint="All times on the pages and in your emails.")
    theme = OneOf("Colors", User.Theme.choices)


class SupportForm(forms.Form):
    """How its customers reach an MSP."""

    support_phone = Phone("Support phone")
    support_email = Email("Support email")
