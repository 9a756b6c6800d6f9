"""What the activity log calls a verb: its category (knox.md 9.2) and its name."""

from functools import cache

from django.db import models

from audit.models import SENTENCES


class Category(models.TextChoices):
    ADMINS = "admins", "Admins"
    CUSTOMERS = "customers", "Customers"
    DEVICES = "devices", "Devices"
    GENERAL = "general", "General"
    LICENSES = "licenses", "Licenses"
    PROFILES = "profiles", "Profiles"
    ROLES = "roles", "Roles"


# By the noun of the verb; the longest beginning counts.
CATEGORIES = {
    "account": Category.ADMINS,
    "person": Category.ADMINS,
    "invitation": Category.ADMINS,
    "contact": Category.ADMINS,
    "role": Category.ROLES,
    "customer": Category.CUSTOMERS,
    "request": Category.CUSTOMERS,
    "access": Category.CUSTOMERS,
    "delink": Category.CUSTOMERS,
    "management": Category.CUSTOMERS,
    "deletion": Category.CUSTOMERS,
    "device": Category.DEVICES,
    "upload": Category.DEVICES,
    "reseller": Category.DEVICES,
    "customer.reseller": Category.DEVICES,
    "enrollment_code": Category.DEVICES,
    "model": Category.DEVICES,
    "service": Category.DEVICES,
    "service.thing": Category.PROFILES,
    "license": Category.LICENSES,
    "order": Category.LICENSES,
    "key": Category.LICENSES,
    "listing": Category.LICENSES,
    "application": Category.GENERAL,
    "msp": Category.GENERAL,
    "alert": Category.GENERAL,
    "ticket": Category.GENERAL,
    "export": Category.GENERAL,
    "portal": Category.GENERAL,
    "setting": Category.GENERAL,
    "history": Category.GENERAL,
}
_NAMES = {
    "account.reset_asked": "Password reset asked for",
    "account.sign_in_failed": "Sign-in failed",
    "delink.asked": "Delink asked for",
    "delink.let_go": "End of management approved",
    "delink.rejected": "End of management rejected",
    "delink.wanted": "End of management asked for",
    "delink.wanted_no_more": "End of management taken back",
    "deletion.asked": "Deletion asked for",
    "msp.looked_up": "KCS Customer ID looked up",
    "msp.changed": "Company changed",
    "msp.knox_guard_opened": "Knox Guard opened",
    "msp.suspended": "MSP suspended",
    "msp.resumed": "Suspension ended",
    "license.differs": "License does not add up",
    "person.revoked": "Invitation revoked",
    "service.acted": "Device action",
    "service.code_made": "Enrollment code for agents made",
    "service.code_renewed": "Enrollment code for agents renewed",
    "service.differs": "Devices without a seat found",
    "service.given": "Profile given to new devices",
    "service.not_given": "Profile not given to new devices",
    "service.thing_brought": "{kind} copied here",
    "service.thing_kept": "{kind} made not copyable",
}
_NOUNS = {"person": "administrator", "service": "", "key": "license key", "model": "device model"}


def category(verb: str) -> Category:
    """The category of a verb; General for a noun that is not known yet."""
    known = [start for start in CATEGORIES if verb.startswith(start)]
    return CATEGORIES[max(known, key=len)] if known else Category.GENERAL


def verbs_of(wanted: str) -> list[str]:
    return [verb for verb in SENTENCES if category(verb) == wanted]


def event_name(verb: str, *, kind: str = "profile") -> str:
    """What happened, in two or three words: "License renamed".

    `kind`: what people call the thing that it happened to (CONTEXT.md). Where there is none to ask, most are profiles.
    """
    noun, _, done = verb.partition(".")
    words = _NAMES.get(verb) or f"{_NOUNS.get(noun, noun)} {done}".replace("_", " ").strip()
    told = words.format(kind=kind).replace("thing", kind)
    return told[:1].upper() + told[1:]


@cache
def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """All events for a form: by category, each with its verb and name."""
    return [(one.label, sorted(((v, event_name(v)) for v in verbs_of(one)), key=lambda c: c[1])) for one in Category]
