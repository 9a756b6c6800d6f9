"""What a person types on the page of one approval."""

from django import forms

from tenants.fields import Reason


class RejectUploadForm(forms.Form):
    reason = Reason("The reseller reads it in an email.")
