"""Every form of the product: its page, who opens it, and what a careful person types."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from re import DOTALL, findall
from typing import Any

import time_machine
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.forms import NewPasswordForm
from devices import deployment_app
from devices.models import Device
from devices.pages.app_forms import EnrollForm
from devices.pages.approval_forms import RejectUploadForm
from devices.pages.catalog_forms import CatalogForm, ImportForm
from devices.pages.inventory_forms import DeleteForm, TagsForm
from devices.pages.reseller_forms import CustomerForm, DeleteListForm, NumberForm, ResellerIdForm, ResellerUploadForm
from devices.pages.upload_forms import LineForm, UploadForm
from licensing import orders
from licensing.license_forms import DeleteForm as DeleteLicenseForm
from licensing.license_forms import EnterKeyForm, KeyForm, NameForm, ReplaceForm, SeatsForm
from licensing.models import Key, License
from licensing.order_forms import OrderForm
from licensing.reseller_forms import IssueForm, ListingForm, OrderRejectForm, QuoteForm
from licensing.samsung_forms import WithdrawForm
from onboarding import applications, requests, wishes
from onboarding.forms import (
    AddServicesForm,
    ConsentForm,
    EditCustomerForm,
    LookUpForm,
    MspApplicationForm,
    NewCustomerForm,
    RejectForm,
    RequestForm,
    ResellerApplicationForm,
    TypedForm,
)
from onboarding.models import Program
from portals.alert_forms import AssignForm, CommentForm, ReachForm, SnoozeForm
from portals.email_forms import EmailSettingsForm
from portals.forms import PreferencesForm
from portals.samsung_msps import SuspendForm
from services import copies
from services.console import Console, Kind
from services.fields import naming
from services.modules import CONSOLES
from services.pages.act_forms import form_class as form_for_action
from services.pages.claim_forms import ClaimForm, ResultForm, SwapForm
from services.pages.thing_forms import TargetsForm, form_class
from support import deletions
from support.pages.ticket_forms import AssignForm as AssignTicketForm
from support.pages.ticket_forms import ConfirmForm, DeletionForm, ReasonForm, ReplyForm, TicketForm
from tenants import access
from tenants.models import Access, Customer, KnoxService
from tenants.pages.people_forms import InviteForm, RoleForm
from tests.alerts import alarm
from tests.devices.sending import SERIAL, added, checked, imeis, waiting
from tests.licensing.ground import entered, listing, product, sold
from tests.mail.letters import letters, newest_token, token
from tests.services import covering
from tests.services.ground import ground
from tests.services.making import have, made_of
from tests.services.typed import TYPED
from tests.support import ground as support
from tests.world import CUSTOMER_FIELDS, MSP_FIELDS, RESELLER_FIELDS, World, application, customer

AGREED = {"terms_of_use": "on", "privacy_policy": "on", "managed_services_terms": "on"}
PIA = {"first_name": "Pia", "last_name": "Vogel", "email": "pia@polaris.example", "company": "Polaris"}


def _typed(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    left = {name: value for name, value in fields.items() if name not in ("agreements", "regions")}
    return left | {"address_2": "", "province": "", "website": "https://polaris.example"} | more


def _confirm(world: World) -> str:
    applications.submit(Program.MSP, by=None, **PIA, **MSP_FIELDS)
    return reverse("application-confirm", args=[token(letters(PIA["email"])[-1])])


def _invitation(world: World) -> str:
    customer(world.aurora, world.alice, "Kestrel", access="full", contact_email="karin@kestrel.example")
    return reverse("invitation", args=[token(letters("karin@kestrel.example")[-1])])


def _consent(world: World) -> str:
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )
    return reverse("consent", args=[newest_token("consent", "carl@contoso.example")])


def _order(world: World) -> list[object]:
    """Of Aurora, for nobody yet, and not quoted."""
    with acting_as(world.alice):
        order = orders.place(
            listing(world.license_reseller),
            msp=world.aurora,
            product=product("ke"),
            seats=25,
            months=12,
            by=world.alice,
        )
    return [order.pk]


def _sold(world: World) -> Key:
    """A key that serves nobody; the same one each time."""
    with as_operator():
        found = Key.objects.filter(customer=None).first()
    if found:
        return found
    sold(world)
    return _sold(world)


def _reject(world: World) -> str:
    return reverse("samsung-reject", args=[application(world.nora).pk])


def _wish(world: World) -> str:
    """Its own people ask Aurora to let Kolibri go."""
    kolibri = customer(world.aurora, world.alice, "Kolibri", access="full")
    with as_operator():
        access.join(world.nora, kolibri.roles.get(name=access.SUPER_ADMIN), by=world.nora)
        wishes.ask(kolibri.managements.get(), by=world.nora)
    return reverse("delink-reject", args=[kolibri.kcs_id])


def _approval(world: World) -> str:
    sent = waiting(world, imeis(2), customer=world.first)
    return reverse("approval", args=[world.first.kcs_id, sent.pk]) + "?act=reject"


def _device(world: World, act: str) -> str:
    """The page that acts on the one device of a customer."""
    added(world.alice, imeis(1), customer=world.first)
    return reverse(f"customer-devices-{act}", args=[world.first.kcs_id]) + "?all=1"


def _enroll(world: World) -> str:
    with acting_as(world.carl):
        return reverse("enroll", args=[deployment_app.make(world.contoso, by=world.carl).code])


def _upload_to_delete(world: World) -> str:
    return reverse("reseller-upload-delete", args=[waiting(world, ["352143000000010"], customer=world.first).upload_id])


def _upload_to_correct(world: World) -> str:
    upload = checked(world.alice, ["352143000000019"], customer=world.first)
    return reverse("upload-fix", args=[world.first.kcs_id, upload.pk])


@dataclass(frozen=True)
class Page:
    """A form on its page. `hidden` is shown only sometimes; `needed` is what the form says of a missing field."""

    name: str
    form: type[forms.BaseForm]
    url: Callable[[World], str]
    typed: dict[str, Any]
    person: str | None = None
    hidden: set[str] = field(default_factory=set)
    needed: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, Callable[[World], Any]] = field(default_factory=dict)
    shows: Callable[[str], str] = field(default=lambda url: url)
    done: int = 302
    also: set[str] = field(default_factory=set)
    """Fields that the page adds to the form and that are required."""
    optional: bool = False
    """Nothing is required, so that an empty sending is taken."""

    def __str__(self) -> str:
        return self.name

    def enter(self, world: World, client: Client) -> str:
        """Sign the right person in, and the address to post to."""
        if self.person:
            client.force_login(getattr(world, self.person))
        return self.url(world)

    def valid(self, world: World) -> dict[str, Any]:
        return self.typed | {name: value(world) for name, value in self.fresh.items()}


def _seen(world: World) -> str:
    with as_operator():
        return Customer.objects.get(pk=world.first.pk).modified_at.isoformat()


ADD = Page(
    "add customer",
    NewCustomerForm,
    lambda world: reverse("customer-add"),
    _typed(
        CUSTOMER_FIELDS,
        name="Kestrel",
        contact_email="karin@kestrel.example",
        contact_job_title="Head of IT",
        access="none",
        services=["KC", "KG"],
        tenant_type="normal",
        guard_domain="financing",
        guard_phone="+4930555020",
        guard_email="pay@kestrel.example",
        tenant_prefix="berlin",
    ),
    "alice",
    {"another_company"},
    {"access": "Choose No access or Full access. The choice counts for all services of this customer."},
)
EDIT = Page(
    "edit customer",
    EditCustomerForm,
    lambda world: reverse("customer-edit", args=[world.first.kcs_id]),
    {name: value for name, value in ADD.typed.items() if name in EditCustomerForm.base_fields}
    | {"tags": "Berlin, key"},
    "alice",
    fresh={"seen": _seen},
)
APPLY_MSP = Page(
    "apply as MSP",
    MspApplicationForm,
    lambda world: reverse("apply", args=["msp"]),
    _typed(MSP_FIELDS, **PIA, **AGREED, region="europe", own_kcs_id="4000000002", own_reseller_id="8000000003"),
)
APPLY_RESELLER = Page(
    "apply as reseller",
    ResellerApplicationForm,
    lambda world: reverse("apply", args=["reseller"]),
    _typed(RESELLER_FIELDS, **PIA, **AGREED, regions=["europe", "asia_pacific"], sold_to_code="1234567"),
)
CONFIRM = Page("confirm", NewPasswordForm, _confirm, {"password": "a long secret"})
JOIN = Page("join", NewPasswordForm, _invitation, {"password": "a long secret"})
REJECT = Page(
    "reject",
    RejectForm,
    _reject,
    {"reason": "The company is not in the register."},
    "sam",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
    shows=lambda url: url.removesuffix("reject/"),
)
REJECT_DELINK = Page(
    "reject delink",
    RejectForm,
    _wish,
    {"reason": "The contract runs until May."},
    "alice",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
    shows=lambda url: url.removesuffix("reject/"),
)
PREFERENCES = Page(
    "preferences",
    PreferencesForm,
    lambda world: reverse("preferences"),
    {"time_zone": "Asia/Seoul", "theme": "dark"},
    "nora",
)
EMAIL_SETTINGS = Page(
    "email settings",
    EmailSettingsForm,
    lambda world: reverse("email-settings"),
    {"digest": "on", "hour": "18", "daily": ["devices_silent"], "at_once": ["seats_missing"], "letters": ["uploads"]},
    "alice",
    {"queue"},
)


def _alert(act: str) -> Callable[[World], str]:
    return lambda world: reverse("alert-act", args=[alarm.alert(world.first).pk, act])


def _its_page(url: str) -> str:
    return f"{url.rstrip('/').rpartition('/')[0]}/"


ALERTS = [
    Page("acknowledge", ReachForm, _alert("acknowledge"), {"reach": "one"}, "alice", shows=_its_page, optional=True),
    Page(
        "snooze",
        SnoozeForm,
        _alert("snooze"),
        {"choice": "day"},
        "alice",
        fresh={"until_day": lambda world: (timezone.localdate() + timedelta(days=9)).isoformat()},
        shows=_its_page,
    ),
    Page(
        "assign",
        AssignForm,
        lambda world: reverse("alert-act", args=[alarm.alert(world.first, assigned_to=world.tom).pk, "assign"]),
        {},
        "alice",
        fresh={"to": lambda world: world.alice.pk},
        shows=_its_page,
        optional=True,
    ),
    Page("comment", CommentForm, _alert("comment"), {"text": "On Monday."}, "alice", shows=_its_page),
]
LOOK_UP = Page(
    "look up",
    LookUpForm,
    lambda world: reverse("customer-existing"),
    {},
    "alice",
    fresh={"kcs_id": lambda world: world.contoso.kcs_id},
    done=200,
)
CONSENT = Page(
    "consent",
    ConsentForm,
    _consent,
    {
        "answer": "approve",
        "name": "Carl Bauer",
        "job_title": "IT",
        "may_decide": "on",
        "knows_losses": "on",
        "note": "Hi",
    },
    needed={
        "name": "The receipt shows who decided. Enter your name.",
        "may_decide": "Only someone who may decide for Contoso can answer. Tick the box, or forward the email to that "
        "person.",
        "knows_losses": "Your administrators lose their consoles. Tick the box to show that you know, or refuse.",
    },
    done=200,
)
ACCESS = Page(
    "give access",
    TypedForm,
    lambda world: reverse("customer-access", args=[world.first.kcs_id]),
    {"typed": "Fjordline Freight"},
    "alice",
    needed={"typed": "Type Fjordline Freight exactly as shown."},
)
CATALOG = Page(
    "add model",
    CatalogForm,
    lambda world: reverse("model-add"),
    {"code": "SM-S999B", "name": "Galaxy S99", "region": "europe", "tacs": "99000001"},
    "sam",
)
REJECT_UPLOAD = Page(
    "reject upload",
    RejectUploadForm,
    _approval,
    {"reason": "The devices were not ordered."},
    "alice",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
)
ENROLL = Page(
    "enroll",
    EnrollForm,
    _enroll,
    {"device": SERIAL, "model": "SM-S921B"},
    done=200,
)
TAGS = Page("tags", TagsForm, lambda world: _device(world, "tags"), {"tags": "drivers, pilot", "do": "add"}, "alice")
DELETE_DEVICES = Page(
    "delete devices",
    DeleteForm,
    lambda world: _device(world, "delete"),
    {"typed": "1"},
    "alice",
    needed={"typed": "Type 1 exactly as shown."},
)
RESELLER_ADD = Page(
    "reseller adds customer",
    CustomerForm,
    lambda world: reverse("reseller-customer-add"),
    {"internal_reference": "Berlin stores"},
    "rita",
    fresh={"kcs_id": lambda world: world.first.kcs_id},
)
REGISTER = Page(
    "register reseller",
    ResellerIdForm,
    lambda world: reverse("customer-resellers", args=[world.first.kcs_id]),
    {},
    "alice",
    fresh={"reseller_id": lambda world: world.reseller.public_id},
    done=200,
)
RESELLER_DELETE = Page(
    "reseller deletes devices",
    NumberForm,
    _upload_to_delete,
    {"typed": "1"},
    "rita",
    needed={"typed": "Type 1 exactly as shown."},
)
PAGES = [
    RESELLER_ADD,
    REGISTER,
    RESELLER_DELETE,
    TAGS,
    DELETE_DEVICES,
    APPLY_MSP,
    APPLY_RESELLER,
    CONFIRM,
    JOIN,
    REJECT,
    REJECT_DELINK,
    ADD,
    EDIT,
    PREFERENCES,
    EMAIL_SETTINGS,
    LOOK_UP,
    CONSENT,
    ACCESS,
    CATALOG,
    REJECT_UPLOAD,
    ENROLL,
]


def _license(name: str, code: str = "kc-dynamic", *, old: bool = False) -> Callable[[World], str]:
    """The page of an act on a license of the first customer; `old`: its time is over."""

    def url(world: World) -> str:
        with time_machine.travel(timezone.now() - timedelta(days=400)) if old else nullcontext():
            license = entered(world, code=code, name="Phones")
        entered(world, code=code, name="Other")
        return reverse(name, args=[world.first.kcs_id, license.pk])

    return url


def _with_key(url: Callable[[World], str]) -> Callable[[World], str]:
    """Nordkey sells a key first; its code is kept at the world."""

    def sell(world: World) -> str:
        vars(world)["key_code"] = sold(world)
        return url(world)

    return sell


def _other(world: World) -> str:
    with as_operator():
        return str(License.objects.get(name="Other").pk)


def _last5(world: World) -> str:
    with as_operator():
        return License.objects.get(name="Phones").key.last5


ENTER_KEY = Page(
    "enter license key",
    EnterKeyForm,
    _with_key(lambda world: reverse("license-enter", args=[world.first.kcs_id])),
    {"name": "Store phones"},
    "alice",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
EXTEND = Page(
    "extend license",
    KeyForm,
    _with_key(_license("license-extend")),
    {},
    "alice",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
RENAME = Page("rename license", NameForm, _license("license-rename"), {"name": "Store phones"}, "alice")
FEWER = Page("give seats back", SeatsForm, _license("license-reduce", "kc-dynamic-per-seat"), {"seats": "4"}, "alice")
REPLACE = Page(
    "replace license",
    ReplaceForm,
    _license("license-replace"),
    {},
    "alice",
    fresh={"to": _other},
)
ORDER = Page(
    "order seats",
    OrderForm,
    lambda world: reverse("order-new"),
    {"product": "kc-dynamic", "seats": "25", "months": "12", "note": "Hi"},
    "alice",
    fresh={
        "listing": lambda world: str(listing(world.license_reseller).pk),
        "kcs_id": lambda world: world.first.kcs_id,
    },
)


def _viewer(world: World) -> str:
    with as_operator():
        return str(world.aurora.roles.get(name="Viewer").pk)


INVITE = Page(
    "invite administrator",
    InviteForm,
    lambda world: reverse("administrator-invite"),
    {name: PIA[name] for name in ("first_name", "last_name", "email")} | {"scope": "all"},
    "alice",
    {"customers"},
    fresh={"role": _viewer},
)
ROLE = Page(
    "add role",
    RoleForm,
    lambda world: reverse("role-add"),
    {"name": "Help desk", "description": "Answers the phone.", "rights": ["view_customer"]},
    "alice",
    needed={"rights": "Tick at least one right. Without one the person can see nothing."},
)
PAGES += [INVITE, ROLE]
PAGES += ALERTS
PAGES += [ENTER_KEY, EXTEND, RENAME, FEWER, REPLACE, ORDER]
# What is to be typed is in the database.
DELETE_LICENSE = Page(
    "delete license", DeleteLicenseForm, _license("license-remove", old=True), {}, "alice", fresh={"typed": _last5}
)
QUOTE = Page(
    "quote",
    QuoteForm,
    lambda world: reverse("license-reseller-quote", args=_order(world)),
    {"price": "1250.00", "currency": "EUR", "tax": "without"},
    "lena",
    needed={"price": "Enter price.", "currency": "Choose currency.", "tax": "Choose tax."},
    shows=lambda url: url.removesuffix("quote/"),
)
REJECT_ORDER = Page(
    "reject order",
    OrderRejectForm,
    lambda world: reverse("license-reseller-reject", args=_order(world)),
    {"reason": "We are out of stock."},
    "lena",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
    shows=lambda url: url.removesuffix("reject/"),
)
ISSUE = Page(
    "issue key",
    IssueForm,
    lambda world: reverse("license-reseller-issue"),
    {"product": "ke", "seats": "25", "months": "12"},
    "lena",
    {"listing"},
    fresh={"msp_id": lambda world: world.aurora.public_id},
)
LISTING = Page(
    "listing",
    ListingForm,
    lambda world: reverse("license-reseller-listing", args=[listing(world.license_reseller).pk]),
    {
        "contact_email": "orders@licenses.example",
        "contact_phone": "+49301234567",
        "website": "https://licenses.example",
        "products": ["ke", "km"],
    },
    "lena",
    needed={"products": "Choose at least one license that you sell."},
)
COMPANY_KEY = Page(
    "enter key as a company",
    EnterKeyForm,
    _with_key(lambda world: reverse("company-license-enter")),
    {"name": "Store phones"},
    "carl",
    fresh={"key": lambda world: vars(world)["key_code"]},
)
WITHDRAW = Page(
    "withdraw key",
    WithdrawForm,
    lambda world: reverse("samsung-key", args=[_sold(world).pk]),
    {"reason": "The bill was not paid."},
    "sam",
    fresh={"typed": lambda world: _sold(world).last5},
)
PAGES += [QUOTE, REJECT_ORDER, ISSUE, LISTING, COMPANY_KEY, WITHDRAW]
# The second half of the look-up page: it is there only after a company was found.
ASK = Page(
    "ask",
    RequestForm,
    lambda world: reverse("request-ask"),
    {"services": ["KC"], "access": "none"},
    "alice",
    fresh={"kcs_id": lambda world: world.contoso.kcs_id},
)
# A file or pasted lines: the answer says what they would do, line by line (tests/devices/test_catalog.py).
_CARE = covering.CARE.slug


def _cared(world: World) -> Customer:
    """The customer, with a device under a plan that nobody claimed for: the same one while it is there."""
    with as_operator():
        is_there = Device.objects.filter(imei=vars(world).get("covered")).exists()
    if not is_there:
        vars(world)["covered"] = str(covering.covered(world)[0])
    return world.first


OPEN_CLAIM = Page(
    "open claim",
    ClaimForm,
    lambda world: reverse("customer-claim-new", args=[_cared(world).kcs_id, _CARE]),
    {"reference": "SC-4711", "reason": "The glass broke."},
    "alice",
    fresh={"device": lambda world: vars(world)["covered"]},
)
COMPLETE_CLAIM = Page(
    "complete claim",
    ResultForm,
    lambda world: reverse("customer-claim", args=[world.first.kcs_id, _CARE, covering.claim(world).pk]),
    {"result": "Repaired"},
    "alice",
)
SWAP = Page(
    "swap device",
    SwapForm,
    lambda world: reverse("customer-swap", args=[world.first.kcs_id, _CARE, covering.claim(world).device_id]),
    {"device": "352143000000705", "model": "SM-S921B", "confirm": "1"},
    "alice",
)
PAGES += [OPEN_CLAIM, COMPLETE_CLAIM, SWAP]


def _ticket(route: str, args: Callable[[World], list[object]]) -> Callable[[World], str]:
    """The address of a form about a ticket, which Alice opened."""

    def url(world: World) -> str:
        with acting_as(world.alice):
            return reverse(route, args=args(world))

    return url


def _started(world: World) -> list[object]:
    """A deletion that waits for its second person: Sam, as Kim started it."""
    kim, deletion = support.kim(), support.asked(world)
    with acting_as(kim), as_operator():
        deletions.start(deletion, by=kim)
    return [deletion.ticket_id]


_TO_TICKET = {"shows": lambda url: url.rsplit("/", 2)[0] + "/"}
OPEN_TICKET = Page(
    "open a ticket",
    TicketForm,
    lambda world: reverse("ticket-new"),
    {"kind": "question", "subject": "MSP Portal stays closed", "text": "I press LAUNCH and stay where I am."},
    "nora",
    hidden={"customer", "services", "person_email", "attached", "page", "number"},
)
REPLY = Page(
    "reply",
    ReplyForm,
    _ticket("ticket-reply", support.own_ticket),
    {"text": "It is open again."},
    "alice",
    hidden={"attached"},
    **_TO_TICKET,
)
ANSWER = Page(
    "answer",
    ReplyForm,
    _ticket("samsung-ticket-answer", support.own_ticket),
    {"text": "Try again."},
    "sam",
    hidden={"attached"},
    **_TO_TICKET,
)
ASSIGN = Page(
    "assign",
    AssignTicketForm,
    _ticket("samsung-ticket-assign", support.own_ticket),
    {},
    "sam",
    fresh={"to": lambda world: world.sam.pk},
    optional=True,
    **_TO_TICKET,
)
ASK_DELETION = Page(
    "ask for deletion",
    DeletionForm,
    lambda world: reverse("deletion-ask", args=[world.first.kcs_id]),
    {"reason": "It closed down."},
    "alice",
    needed={"typed": "Type Fjordline Freight exactly as shown, so that you do not change another customer."},
    fresh={"typed": lambda world: world.first.name},
)
REJECT_DELETION = Page(
    "reject deletion",
    ReasonForm,
    _ticket("samsung-deletion-reject", support.to_delete),
    {"reason": "It is not yours."},
    "sam",
    **_TO_TICKET,
)
# The second person is asked for the password first (tests/support/test_pages.py).
SUSPEND_MSP = Page(
    "suspend MSP",
    SuspendForm,
    lambda world: reverse("samsung-msp-suspend", args=[world.aurora.public_id]),
    {"reason": "The register lists the company no more."},
    "sam",
    shows=lambda url: url.removesuffix("suspend/"),
)
APPROVE_DELETION = Page("approve deletion", ConfirmForm, _ticket("samsung-deletion-approve", _started), {}, "sam")
PAGES.append(SUSPEND_MSP)
PAGES += [OPEN_TICKET, REPLY, ANSWER, ASSIGN, ASK_DELETION, REJECT_DELETION]


def _thing_page(console: Console, kind: Kind) -> Page:
    """Adding a thing of one kind. By construction over all services, so that a new one is typed into as well."""
    ones, lists = naming(kind.form)
    several = [_kind(console, kind.form.base_fields[name].of_kind) for name in lists]  # type: ignore[attr-defined]

    def url(world: World) -> str:
        have(world.first, console)
        for other in several:
            made_of(world, console, other, name="One of several")
        for name, code in ones.items():
            vars(world)[f"named_{name}"] = str(made_of(world, console, _kind(console, code), name="Named").pk)
        return reverse("customer-thing-add", args=[world.first.kcs_id, console.slug, kind.code])

    def named(name: str) -> Callable[[World], str]:
        return lambda world: vars(world)[f"named_{name}"]

    typed_well = TYPED[console.service, kind.code] | {"name": "Store phones"}
    fresh = {name: named(name) for name in ones}
    name = f"add {kind.label.lower()} of {console.name}"
    return Page(name, form_class(kind), url, typed_well, "alice", {"seen"}, fresh=fresh)


def _kind(console: Console, code: str) -> Kind:
    kind = console.kind(code)
    assert kind
    return kind


def _copy_url(world: World) -> str:
    """Of a profile that may be copied to another customer."""
    console = CONSOLES[KnoxService.CONFIGURE]
    made = made_of(world, console, _kind(console, "profile"))
    have(world.second, console)
    with acting_as(world.alice):
        copies.make_copyable(made, by=world.alice)
    return reverse("customer-thing-copy", args=[world.first.kcs_id, console.slug, "profile", made.pk])


COPY = Page(
    "copy to customers", TargetsForm, _copy_url, {}, "alice", fresh={"customer": lambda world: [world.second.kcs_id]}
)
PAGES.append(COPY)
PAGES += [_thing_page(console, kind) for console in CONSOLES.values() for kind in console.kinds]


def _acts(world: World, service: str, action: str, state: str) -> str:
    """An action on one device that is in this state (empty: as it came in)."""
    if service == KnoxService.GUARD:
        payg = action == "pay"
        owner, _ = covering.guarded(world, **(covering.PAYG if payg else {}))
    else:
        owner = world.first
    at = ground(world, service, devices=1, customer=owner)
    if state:
        at.force(state)
    if action == "invite":
        manage = CONSOLES[KnoxService.MANAGE]
        vars(world)["invited"] = str(made_of(world, manage, _kind(manage, "user")).pk)
    vars(world)["acted"], vars(world)["acted_license"] = at.devices[0], at.license
    chosen = reverse("customer-console-act", args=[owner.kcs_id, at.console.slug, action])
    return f"{chosen}?device={at.devices[0].pk}"


def _act_page(
    service: str, action: str, state: str, typed_well: dict[str, Any], *, optional: bool = False, **fresh: Any
) -> Page:
    declared = CONSOLES[service].action(action)
    assert declared
    name = f"{declared.label.lower()} in {CONSOLES[service].name}"
    form = form_for_action(declared.form)
    own = {name for name in fresh if name == "typed" or (name == "license" and service == KnoxService.GUARD)}
    page = Page(name, form, lambda world: _acts(world, service, action, state), typed_well, "alice", fresh=fresh)
    return replace(page, also=own, optional=optional)


def _acted(world: World) -> str:
    return str(vars(world)["acted"])


def _seat(world: World) -> str:
    return str(vars(world)["acted_license"].pk)


def _user_of_manage(world: World) -> str:
    return str(vars(world)["invited"])


_TOMORROW = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
PAGES += [
    _act_page("SC+", "approve", "", {"eula_on": timezone.now().date().isoformat()}, optional=True),
    _act_page("KG", "accept", "", {"approval_id": "A-17"}, license=_seat),
    _act_page("KG", "reject", "", {"reason": "Not one of ours."}),
    _act_page("KG", "remind", "active", {"message": "Please pay."}),
    _act_page("KG", "lock", "active", {"message": "Please pay.", "phone": "+49 30 1234567"}, typed=_acted),
    _act_page("KG", "offline", "active", {"offline_days": "3"}, optional=True),
    _act_page("KG", "sim", "active", {"operators": "26201"}, optional=True),
    _act_page("KG", "pay", "locked", {"paid_until": _TOMORROW}),
    _act_page("KM", "invite", "", {}, user=_user_of_manage, license=_seat),
    _act_page("KME", "user", "provisioned", {"user_id": "u17"}, optional=True),
]

IMPORT_CATALOG = Page(
    "import models",
    ImportForm,
    lambda world: reverse("model-import"),
    {"lines": "SM-S999B;Galaxy S99;Europe;99000001"},
    "sam",
    done=200,
)
# A file or pasted lines: neither is required alone.
UPLOAD = Page(
    "upload devices",
    UploadForm,
    lambda world: reverse("upload-new", args=[world.first.kcs_id]),
    {
        "lines": "352143000000010",
        "order_number": "A1",
        "order_date": "2026-11-24",
        "model": "SM-S921B",
        "tags": "Store",
    },
    "alice",
)
RESELLER_UPLOAD = Page(
    "reseller uploads devices",
    ResellerUploadForm,
    lambda world: reverse("reseller-upload-new"),
    {"lines": "352143000000018"},
    "rita",
    fresh={"target": lambda world: world.first.kcs_id},
)
DELETE_LIST = Page(
    "reseller deletes by list",
    DeleteListForm,
    lambda world: reverse("reseller-devices-delete-list"),
    {"lines": "352143000000018"},
    "rita",
    done=200,
)
CORRECT = Page(
    "correct a line",
    LineForm,
    _upload_to_correct,
    {"line": "1", "typed": "352143000000010"},
    "alice",
)
# Ticks on the customer's page; what is refused is said above the page after a redirect.
SERVICES = Page(
    "add services",
    AddServicesForm,
    lambda world: reverse("customer-services", args=[world.first.kcs_id]),
    {"services": ["KME", "KE"]},
    "alice",
    shows=lambda url: url.removesuffix("services/"),
)


def errors(page: str) -> dict[str, list[str]]:
    """The sentences beside the fields of a page, by the name of the field."""
    found = findall(r'<p class="err" id="id_(\w+)_error">(.*?)</p>', page, DOTALL)
    return {name: [unescape(one) for one in findall(r"<span>(.*?)</span>", text, DOTALL)] for name, text in found}
