"""What people fill in about an alert: until when it is hidden, whose it is, a comment, and how far that reaches."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from alerts import handling
from alerts.models import Alert
from portals import moments
from tenants.fields import OneOf, Paragraphs

_MORNING = time(8)
_LONGEST = timedelta(days=365)


class UntilDay(forms.DateField):
    """A day to come, within a year."""

    wrong = "Choose a day to come, within a year."

    def __init__(self) -> None:
        super().__init__(
            label="Day",
            required=False,
            help_text="It comes back at 08:00 in your time zone.",
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
        )
        self.error_messages |= {"invalid": self.wrong}


class ReachForm(forms.Form):
    """Which alerts an act is about. Each tag of the customer is a choice of its own."""

    reach = OneOf("Which alerts", handling.Reach.choices, required=False, initial=handling.Reach.ONE)

    def __init__(self, *args: Any, alert: Alert, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tagged = {f"tag:{tag}": handling.Tagged(tag) for tag in alert.customer.tags} if alert.customer else {}
        tagged = [(value, f"All like it at customers with the tag {one.tag}") for value, one in self.tagged.items()]
        field = self.fields["reach"]
        assert isinstance(field, OneOf)  # noqa: S101  (tells mypy what stands above)
        *narrow, every = handling.Reach.choices
        field.choices = [("", "–"), *narrow, *tagged, every]

    @property
    def reached(self) -> handling.Reached:
        typed = self.cleaned_data["reach"]
        return self.tagged.get(typed) or handling.Reach(typed or handling.Reach.ONE)


class SnoozeForm(forms.Form):
    """One of the usual times, or a day of one's own."""

    choice = OneOf("How long", [*handling.CHOICES.items(), ("day", "Until another day")], widget=forms.RadioSelect)
    until_day = UntilDay()

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("choice") == "day" and "until_day" not in self.errors:
            today, chosen = timezone.localdate(), cleaned.get("until_day")
            if not chosen or not today < chosen <= today + _LONGEST:
                raise ValidationError({"until_day": UntilDay.wrong})
        return cleaned

    def until(self) -> tuple[datetime | None, bool]:
        """The instant at which it comes back, and whether a larger number brings it back."""
        choice = self.cleaned_data["choice"]
        if choice != "day":
            return handling.until(choice)
        chosen: date = self.cleaned_data["until_day"]
        return timezone.make_aware(datetime.combine(chosen, _MORNING)), False

    @staticmethod
    def day(until: datetime) -> str:
        return str(moments.spelled(until, "full"))


class AssignForm(forms.Form):
    """Whose it is. Empty: nobody's, so everybody's."""

    to = OneOf("Assign to", [], required=False)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in people}
        field = self.fields["to"]
        assert isinstance(field, OneOf)  # noqa: S101  (tells mypy what stands above)
        field.choices = [("", "Nobody"), *((key, str(one)) for key, one in self.known.items())]

    @property
    def person(self) -> User | None:
        return self.known.get(self.cleaned_data["to"])


class CommentForm(forms.Form):
    text = Paragraphs("Comment", longest=1000, hint="Your colleagues read it. The customer does not.")
