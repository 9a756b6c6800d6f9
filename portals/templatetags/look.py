"""How single things look on every page: an icon, an ID, a time, a state, a list of services.

Registered as builtins in the settings, so no page loads it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.forms import BaseForm, BoundField, PasswordInput
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.html import avoid_wrapping, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from accounts import browsers
from onboarding.models import Industry
from portals import moments
from tenants import lists
from tenants.models import CustomerService, KnoxService, Management
from tenants.one_portal import TITLES

register = template.Library()
register.simple_tag(moments.zone_note)
register.filter("capped", lists.capped)

ID_GROUPS = (slice(0, 4), slice(4, 7), slice(7, 10))
MARK = mark_safe(
    '<svg viewBox="0 0 28 28" aria-hidden="true"><rect class="mark-a" width="28" height="28" rx="8"></rect>'
    '<path class="mark-b" d="M9 7.500v13M19 7.500 12 14l7 6.500"></path></svg>'
)
ICONS = {"ok": "ok", "info": "clock", "warn": "warn", "bad": "no", "off": "dash"}

# The states that people read (words.md 1), and how loud each is. Good is quiet.
STATES = {
    "Active": ("ok", "ok"),
    "Approved": ("ok", "ok"),
    "Verified": ("ok", "ok"),
    "Completed": ("ok", "ok"),
    "Full access": ("off", "ok"),
    "No access": ("off", "dash"),
    "Pending": ("info", "clock"),
    "Waiting for Samsung": ("info", "clock"),
    "Waiting for confirmation": ("info", "mail"),
    "Open": ("info", "clock"),
    "In progress": ("info", "clock"),
    "Delink requested": ("warn", "swap"),
    "Delink requested by customer": ("warn", "swap"),
    "Deletion requested": ("warn", "warn"),
    "Waiting for the second person": ("warn", "people"),
    "Planned": ("warn", "clock"),
    "Deleted": ("off", "dash"),
    "Undone": ("ok", "ok"),
    "Taken back": ("off", "dash"),
    "Closed": ("off", "check"),
    "Completed with errors": ("warn", "warn"),
    "Rejected": ("bad", "no"),
    "Refused": ("bad", "no"),
    "Blocked": ("bad", "lock"),
    "Error": ("bad", "bad"),
    "Expired": ("off", "clock"),
    "Registered": ("info", "clock"),
    "Sent": ("info", "mail"),
    "Quoted": ("warn", "pen"),
    "Accepted": ("info", "check"),
    "Delivered": ("ok", "ok"),
    "Withdrawn": ("off", "dash"),
    "Unused": ("info", "clock"),
    "Used": ("ok", "ok"),
}

_MANAGEMENT = dict(Management.State.choices)


# Kept by their arguments and the types of these, as a SafeString is shown otherwise than the same str: a page of 50
# rows shows hundreds of them.
_kept = lru_cache(maxsize=2048, typed=True)


@register.simple_tag
@_kept
def icon(name: str, size: str = "") -> SafeString:
    """A symbol of assets/icons.svg; size "s" is for small text. The word beside it says what it means."""
    css = "icon icon-s" if size == "s" else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def mark() -> SafeString:
    """The sign of the portal, in the colors of the theme."""
    return MARK


@register.inclusion_tag("portals/_rail_entry.html", takes_context=True)
def rail(  # noqa: PLR0913  (in which entries differ)
    context: Context, name: str, symbol: str, label: str, *, below: str = "", but: str = "", **tally: str
) -> dict[str, str]:
    """An entry of a portal's rail, marked on its page and on those `below`: the beginnings of their addresses, its own
    where none is named, "-" for no page. `tally` is a number beside it, `unit` follows it, and `hint` is only heard.
    """
    address, path = reverse(name), context["request"].path
    is_below = path.startswith(tuple((below or address).split())) and not (but and path.startswith(but))
    current = "page" if path == address else "true" if is_below else ""
    return {"address": address, "symbol": symbol, "label": label, "current": current, **tally}


@register.simple_tag
def public_id(value: object) -> SafeString | str:
    """A ten-digit ID in groups of 4, 3 and 3. The gaps are margins, so it copies as digits."""
    digits = "" if value is None else str(value)
    if not digits:
        return ""
    if len(digits) != 10 or not digits.isdecimal():  # noqa: PLR2004 - ten digits is what a public ID is
        return format_html('<span class="id">{}</span>', digits)
    groups = "".join(f"<span>{digits[group]}</span>" for group in ID_GROUPS)
    return SafeString(f'<span class="id">{groups}</span>')  # digits need no escaping, and a list shows many


@register.simple_tag
def copy_button(value: object, what: str) -> SafeString:
    """A button that copies the value, and says so aloud."""
    return format_html(
        '<button class="btn" type="button" data-copy="{}">{}<span>Copy</span>'
        '<span class="visually-hidden"> {}</span></button>',
        value,
        icon("copy"),
        what,
    )


@register.filter
def moment(value: date | None, form: str = "full") -> SafeString | str:
    """A time in the reader's zone, with the zone: "24 Nov 2026, 14:05 CET".

    "short" names near days ("Today, 14:05 CET"), "inline" does so inside a sentence, "row" is for a table, and
    "day" leaves the clock out, "near" also the year of a day in it, and "clock" leaves out the day.
    """
    if not value:
        return ""
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), format_date(value, "j M Y"))
    return moments.tag(value, form)


@register.filter
def fact(value: str | date, form: str) -> SafeString | str:
    """What a device told: text, or an instant or a day as `moment` writes it."""
    return moment(value, form) if isinstance(value, date) else value


@register.simple_tag
@_kept
def state(kind: str, word: str, symbol: str = "") -> SafeString:
    """The state of one thing: symbol, word and color, the color never alone."""
    return format_html(
        '<span class="state state-{}">{}{}</span>', kind, icon(symbol or ICONS.get(kind, "info"), "s"), word
    )


@register.simple_tag
def status(label: object) -> SafeString:
    """A state by the word that people read, or by its code: {% status customer.status %}."""
    word = _MANAGEMENT.get(str(label), str(label))
    if word not in STATES:
        word = word.replace("_", " ").capitalize()
    kind, symbol = STATES.get(word, ("off", "dash"))
    return state(kind, word, symbol)


@register.simple_tag
def services(rows: Iterable[CustomerService | KnoxService]) -> SafeString:
    """The services of a customer in a row: abbreviations to see, names to hear."""
    return _services(*(row.service if isinstance(row, CustomerService) else row for row in rows))


@_kept
def _services(*codes: str) -> SafeString:
    known = [KnoxService(code) for code in codes]
    if not known:
        return format_html('<span class="soft">{}</span>', "None")
    items = format_html_join(
        "",
        '<li title="{}"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></li>',
        ((service.label, service.value, service.label) for service in known),
    )
    return format_html('<ul class="svc">{}</ul>', items)


@register.filter
def service_names(codes: Iterable[str]) -> list[str]:
    """Services by their full names."""
    return [KnoxService(code).label for code in codes]


@register.filter
def industry(code: str) -> str:
    return str(Industry(code).label) if code in Industry.values else code


@register.filter
def industries(codes: Iterable[str]) -> list[str]:
    return [industry(code) for code in codes]


@register.filter
def age(value: datetime) -> str:
    """How long something waits, in its largest unit: "3 days". What came just now: "less than a minute"."""
    waits = timesince(value, depth=1)
    return "less than a minute" if waits == avoid_wrapping("0 minutes") else waits


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox on Windows": enough to recognize one's own device."""
    return browsers.named(user_agent)


@register.filter
def portal(kind: str) -> str:
    """The name of a kind of portal: "Knox MSP Portal"."""
    return TITLES[kind]


@register.filter
def named(form: BaseForm, names: str) -> list[BoundField]:
    """The fields with these names, in this order; those that the form does not have are left out."""
    return [form[name] for name in names.split() if name in form.fields]


@register.filter
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """The fields that need a correction, in the order of the form."""
    return [field for field in form if field.errors]


@register.filter
def asks_for_secrets(form: BaseForm) -> bool:
    """Whether the form has a password, which a refused one never sends back."""
    return any(isinstance(field.widget, PasswordInput) for field in form.fields.values())
