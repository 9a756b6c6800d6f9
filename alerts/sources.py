"""The table of sources: what is an alert, in which words, and which screen mends it. A new one is a line here, and
a query in alerts/facts.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts import facts

UPLOADS, LICENSES, DEVICES, CUSTOMERS, EMAILS = "Uploads", "Licenses", "Devices", "Customers", "Emails"


@dataclass(frozen=True)
class Page:
    """The screen that mends it, as the MSP reaches it and as the customer's own people do."""

    label: str
    msp: str
    own: str = ""
    """Empty: not for the customer's own people, who do not read of it."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Which part of the address is which fact: `{"upload_id": "upload"}`; `subject` is what the alert is about."""
    is_console: bool = False
    """In the console of the alert's service, with the alert's state as a filter."""
    is_whole: bool = False
    """About all customers, so without the KCS Customer ID in the address."""


@dataclass(frozen=True)
class Source:
    """One kind of alert. Title and text are filled in by alerts/feed.py: `{n}` is the number, `{n:one|many}` a word
    for it; facts that end in `_at` are times (`:day`, `:time`, `:in`); all other names are facts."""

    kind: str
    topic: str
    """What people choose emails by, and filter by."""
    label: str
    query: str
    title: str
    text: str
    page: Page


_SUBJECT = {"pk": "subject"}
_LICENSE = Page("Open license", "license", "admin-portal-license", _SUBJECT)
_REQUESTS = Page("Open requests", "request-list", is_whole=True)
_CUSTOMER = Page("Open customer", "customer", "admin-portal-home")
_ENDS = "{name} ends on {ends_at:day}. {used} of {seats} seats in use."
_OF_SEATS = "{name}: {used} of {seats} seats in use."

_ALL = (
    Source(
        "upload_waiting", UPLOADS, "Uploads that wait for approval", facts.UPLOADS_WAITING,
        "{n} {n:upload waits|uploads wait} for approval",
        "{devices} {devices:device|devices} from {sender}, the oldest since {oldest_at:time}.",
        Page("Review", "customer-approvals", "admin-portal-approvals"),
    ),
    Source(
        "upload_errors", UPLOADS, "Uploads with errors", facts.UPLOADS_WITH_ERRORS,
        "{n} {n:upload|uploads} with errors",
        "{lines} {lines:line|lines} not added. The newest is {file}. Send the corrected lines again.",
        Page("See what is wrong", "upload", "deployment-app", {"upload_id": "upload"}),
    ),
    Source(
        "license_ending", LICENSES, "Licenses that end", facts.LICENSES_ENDING,
        "{service} license ends {ends_at:in}", _ENDS, _LICENSE,
    ),
    Source(
        "trial_ending", LICENSES, "Trials that end", facts.TRIALS_ENDING,
        "{service} trial ends {ends_at:in}", _ENDS, _LICENSE,
    ),
    Source(
        "license_ended", LICENSES, "Licenses that have ended", facts.LICENSES_ENDED,
        "{service} license has ended",
        "{name} ended on {ends_at:day}. {used} {used:device|devices} had a seat.", _LICENSE,
    ),
    Source(
        "seats_low", LICENSES, "Few seats left", facts.SEATS_LOW,
        "{left} {left:seat|seats} left in {service}", _OF_SEATS, _LICENSE,
    ),
    Source(
        "seats_full", LICENSES, "No seat left", facts.SEATS_FULL,
        "No seat left in {service}", f"{_OF_SEATS} Free a seat or buy more.", _LICENSE,
    ),
    Source(
        "ledger_differs", LICENSES, "Seats that do not add up", facts.LEDGER_DIFFERS,
        "The seats of a license do not add up",
        "{name}: {used} counted, {seats} taken, {entries} by its history. This is a fault of the portal.", _LICENSE,
    ),
    Source(
        "seats_missing", LICENSES, "Devices without a seat", facts.SEATS_MISSING,
        "{n} {n:device uses|devices use} {service} without a seat", "Give them a seat of a license.",
        Page("Open licenses", "customer-licenses", "admin-portal-licenses"),
    ),
    Source(
        "devices_attention", DEVICES, "Devices to look at", facts.DEVICES_ATTENTION,
        "{n} {n:device|devices}: {state}", "{service}. {attention}",
        Page("See devices", "customer-console", "admin-portal-console", is_console=True),
    ),
    Source(
        "devices_silent", DEVICES, "Silent devices", facts.DEVICES_SILENT,
        "{n} {n:device|devices} silent for {days} days",
        "Bring them online, or find out whether they are still in use.",
        Page("See devices", "customer-devices", "admin-portal-devices"),
    ),
    Source(
        "claim_open", DEVICES, "Open claims", facts.CLAIMS_OPEN,
        "{n} {n:claim is|claims are} open", "{service}, the oldest since {oldest_at:day}.",
        Page("See claims", "customer-claims", "admin-portal-claims", is_console=True),
    ),
    Source(
        "consent_waiting", CUSTOMERS, "Requests without an answer", facts.CONSENTS_WAITING,
        "The customer has not answered yet", "The link to approve you ends on {ends_at:time}.", _REQUESTS,
    ),
    Source(
        "consent_ending", CUSTOMERS, "Requests that end soon", facts.CONSENTS_ENDING,
        "Request without an answer ends {ends_at:in}", "The link to approve you ends on {ends_at:time}.", _REQUESTS,
    ),
    Source(
        "consent_refused", CUSTOMERS, "Refused and expired requests", facts.CONSENTS_REFUSED,
        "Request {answer}", "On {answered_at:time}. Talk to the customer before you ask again.", _REQUESTS,
    ),
    Source(
        "delink_waiting", CUSTOMERS, "Delinks without an answer", facts.DELINKS_WAITING,
        "The customer has not answered the delink yet",
        "Its link is good until {ends_at:time}. After that, send it again.", _CUSTOMER,
    ),
    Source(
        "delink_wanted", CUSTOMERS, "Customers that want to leave", facts.DELINKS_WANTED,
        "The customer asks for the end of the management", "Approve or reject it. It waits since {asked_at:time}.",
        _CUSTOMER,
    ),
    Source(
        "delink_refused", CUSTOMERS, "Refused delinks", facts.DELINKS_REFUSED,
        "Delink refused", "On {answered_at:time}. You still manage Knox for the customer.", _CUSTOMER,
    ),
    Source(
        "management_ending", CUSTOMERS, "Managements that end", facts.MANAGEMENTS_ENDING,
        "Management ends {ending_at:in}", "The customer ends it on {ending_at:time} and can take that back until then.",
        _CUSTOMER,
    ),
    Source(
        "management_ended", CUSTOMERS, "Managements that have ended", facts.MANAGEMENTS_ENDED,
        "Management has ended", "On {ended_at:time}. You see nothing of the customer any more.",
        Page("Open customers", "customer-list", is_whole=True),
    ),
    Source(
        "access_changed", CUSTOMERS, "Changed access", facts.ACCESS_CHANGED,
        "The customer has Full access", "Since {given_at:time} its own people work in every service, too.", _CUSTOMER,
    ),
    Source(
        "mail_to_contact", EMAILS, "Emails to contact persons that fail", facts.MAILS_TO_CONTACT,
        "{n} {n:email|emails} to the contact person could not be delivered", "Correct the address {address}.",
        Page("Correct the address", "customer-edit"),
    ),
    Source(
        "mail_to_team", EMAILS, "Emails to the team that fail", facts.MAILS_TO_TEAM,
        "{n} {n:email|emails} about the customer could not be delivered to your team",
        "The newest failed on {newest_at:time}.", Page("Open customer", "customer"),
    ),
)  # fmt: skip

SOURCES = {one.kind: one for one in _ALL}
TOPICS = list(dict.fromkeys(one.topic for one in _ALL))
FOR_CUSTOMERS = [one.kind for one in _ALL if one.page.own]
"""What the customer's own people read of."""
