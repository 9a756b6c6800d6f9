"""Forms of applications, of customers, and of what an MSP and a customer ask of each other."""

from typing import Any

from django.urls import reverse

from accounts.acting import acting_as, as_operator
from accounts.forms import NewPasswordForm
from onboarding import applications, requests, wishes
from onboarding.forms.applications import MspApplicationForm, ResellerApplicationForm
from onboarding.forms.confirming import RejectForm, TypedForm
from onboarding.forms.consents import ConsentForm, LookUpForm, RequestForm
from onboarding.forms.customers import (
    AddServicesForm,
    ContactForm,
    DirectCustomerForm,
    EditCustomerForm,
    GuardForm,
    NewCustomerForm,
)
from onboarding.models import Program
from tenants import memberships
from tenants.models import Access, Customer, KnoxService
from tests.bad_input.pages.page import PIA, Page
from tests.mail.letters import letters, newest_token, token
from tests.world import CUSTOMER_FIELDS, MSP_FIELDS, RESELLER_FIELDS, World, application, customer

AGREED = {"terms_of_use": "on", "privacy_policy": "on", "managed_services_terms": "on"}


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


def _reject(world: World) -> str:
    return reverse("samsung-reject", args=[application(world.nora).pk])


def _wish(world: World) -> str:
    """Its own people ask Aurora to let Kolibri go."""
    kolibri = customer(world.aurora, world.alice, "Kolibri", access="full")
    with as_operator():
        memberships.join(world.nora, kolibri.roles.super_admin(), by=world.nora)
        wishes.ask(kolibri.managements.get(), by=world.nora)
    return reverse("delink-reject", args=[kolibri.kcs_id])


def _edit(world: World) -> str:
    """Of a customer that has Knox Guard, so that every field is there."""
    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(tenant_type="normal")
    return reverse("customer-edit", args=[world.first.kcs_id])


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
REGISTER = Page(
    "register customer",
    DirectCustomerForm,
    lambda world: reverse("samsung-customer-register"),
    {name: value for name, value in ADD.typed.items() if name in DirectCustomerForm.base_fields} | {"services": ["KC"]},
    "sam",
    {"another_company"},
)
EDIT = Page(
    "edit customer",
    EditCustomerForm,
    _edit,
    {name: value for name, value in ADD.typed.items() if name in EditCustomerForm.base_fields}
    | {"tags": "Berlin, key"},
    "alice",
    fresh={"seen": _seen},
)
CONTACT = Page(
    "contact person",
    ContactForm,
    lambda world: reverse("admin-portal-contact"),
    {name: ADD.typed[name] for name in ContactForm.base_fields},
    "carl",
)
GUARD = Page(
    "add Knox Guard",
    GuardForm,
    lambda world: reverse("customer-guard", args=[world.first.kcs_id]),
    {name: ADD.typed[name] for name in GuardForm.base_fields},
    "alice",
    also={"tenant_type"},
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
PAGES = [
    ADD,
    REGISTER,
    EDIT,
    CONTACT,
    GUARD,
    APPLY_MSP,
    APPLY_RESELLER,
    CONFIRM,
    JOIN,
    REJECT,
    REJECT_DELINK,
    LOOK_UP,
    CONSENT,
    ACCESS,
]
# The second half of the look-up page: it is there only after a company was found.
ASK = Page(
    "ask",
    RequestForm,
    lambda world: reverse("request-ask"),
    {"services": ["KC"], "access": "none"},
    "alice",
    fresh={"kcs_id": lambda world: world.contoso.kcs_id},
)
# Buttons on the customer's page, which comes again with what is refused.
SERVICES = Page(
    "add services",
    AddServicesForm,
    lambda world: reverse("customer-services", args=[world.first.kcs_id]),
    {"services": ["KME", "KE"]},
    "alice",
    shows=lambda url: url.removesuffix("services/"),
)
SPECIAL = [ASK, SERVICES]
