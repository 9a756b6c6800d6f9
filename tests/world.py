"""The cast, made by the product's own verbs, so that no test starts from a state the product cannot reach.

Alice runs Aurora (Europe), Bob runs Borealis (North America). Tom is a technician of Aurora, limited to its
first customer; Vera only views Aurora; Mira is a technician in Aurora and a viewer in Borealis; Blake was
blocked. Carl runs the direct customer Contoso, Rita and Lena are resellers, Sam decides for Samsung, and
Nora has an account but no place anywhere.
"""

from dataclasses import dataclass
from typing import Any

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.adapters import email_confirmed
from accounts.models import User
from onboarding import applications, customers
from onboarding.models import Application, Invitation, Program
from tenants import memberships, msps
from tenants.models import Access, Customer, KnoxService, LicenseReseller, Msp, Reseller

AGREED = {"terms_of_use": True, "privacy_policy": True, "managed_services_terms": True}
MSP_FIELDS: dict[str, Any] = {
    "regions": ["europe"],
    "country": "DE",
    "address_1": "Hauptstr. 1",
    "city": "Berlin",
    "zip_code": "10115",
    "phone": "+49301234567",
    "agreements": AGREED,
    "customer_count": "11-50",
    "industries": ["retail"],
    "services": ["KC"],
    "support_phone": "+49307654321",
    "support_email": "help@aurora.example",
}
RESELLER_FIELDS: dict[str, Any] = {
    "regions": ["europe"],
    "country": "DE",
    "address_1": "Torstr. 44",
    "city": "Berlin",
    "zip_code": "10119",
    "phone": "+49301234567",
    "agreements": AGREED,
    "sells": "devices",
    "registration_number": "HRB 12345",
    "device_count": "101-1000",
}
CUSTOMER_FIELDS: dict[str, Any] = {
    "country": "DE",
    "address_1": "Hauptstr. 5",
    "city": "Berlin",
    "zip_code": "10115",
    "phone": "+49301234567",
    "size": "100-249",
    "industry": "transport",
    "contact_first_name": "Karin",
    "contact_last_name": "Blom",
}


@dataclass
class World:
    sam: User
    alice: User
    tom: User
    vera: User
    mira: User
    blake: User
    bob: User
    carl: User
    rita: User
    lena: User
    nora: User
    aurora: Msp
    borealis: Msp
    reseller: Reseller
    license_reseller: LicenseReseller
    contoso: Customer
    first: Customer  # of Aurora; Tom sees it
    second: Customer  # of Aurora; Tom does not
    foreign: Customer  # of Borealis


def build(mark: str = "") -> World:
    """Everyone. `mark` goes into every text, for tests that look for leaks."""
    sam = samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park")
    alice, aurora = company("alice@aurora.example", "Aurora", sam=sam, **MSP_FIELDS)
    american = MSP_FIELDS | {"regions": ["north_america"], "country": "US", "support_email": f"help@b{mark}.example"}
    bob, borealis = company("bob@borealis.example", f"Borealis{mark}", sam=sam, **american)
    rita, reseller = company("rita@resell.example", "Resell", Program.RESELLER, sam=sam, **RESELLER_FIELDS)
    keys = RESELLER_FIELDS | {"sells": "keys"}
    lena, license_reseller = company("lena@licenses.example", "Nordkey", Program.RESELLER, sam=sam, **keys)
    with as_operator():
        aurora = msps.authorize_knox_guard(aurora, by=sam)
    first = customer(aurora, alice, "Fjordline Freight")
    second = customer(aurora, alice, "Lumen Retail")
    foreign = customer(borealis, bob, f"Cascadia{mark}", country="US", province="Washington", city=f"Yakima{mark}")
    tom, vera, mira, blake = _colleagues(aurora, borealis, alice, bob, sees=first)
    nora = person("nora@people.example")
    carl, contoso = direct_customer(sam)
    return World(
        sam, alice, tom, vera, mira, blake, bob, carl, rita, lena, nora,
        aurora, borealis, reseller, license_reseller, contoso, first, second, foreign,
    )  # fmt: skip


def _colleagues(aurora: Msp, borealis: Msp, alice: User, bob: User, *, sees: Customer) -> list[User]:
    tom, vera, mira, blake = made = [person(f"{name}@people.example") for name in ("tom", "vera", "mira", "blake")]
    with as_operator():
        memberships.join(tom, aurora.roles.get(name="Technician"), by=alice, customers=[sees])
        memberships.join(vera, aurora.roles.get(name="Viewer"), by=alice)
        memberships.join(mira, aurora.roles.get(name="Technician"), by=alice)
        memberships.join(mira, borealis.roles.get(name="Viewer"), by=bob)
        memberships.block(memberships.join(blake, aurora.roles.get(name="Admin"), by=alice), by=alice)
    return made


def person(email: str, **fields: Any) -> User:
    """Somebody with a confirmed address and no password (tests sign in with force_login)."""
    name = email.partition("@")[0].title()
    made = User.objects.create_user(email, **({"first_name": name, "last_name": "Example"} | fields))
    email_confirmed(made)
    return made


def company(email: str, name: str, program: Program = Program.MSP, *, sam: User, **fields: Any) -> tuple[User, Any]:
    """An applicant and the organization that Samsung opened for the application."""
    applicant = person(email)
    with acting_as(applicant):
        application = applications.submit(program, by=applicant, company=name, **fields)
    with acting_as(sam), as_operator():
        return applicant, applications.approve(application, by=sam)


def application(applicant: User, program: Program = Program.MSP, **fields: Any) -> Application:
    """An application that waits for Samsung."""
    base = MSP_FIELDS if program == Program.MSP else RESELLER_FIELDS
    with acting_as(applicant):
        return applications.submit(program, by=applicant, **({"company": "Polaris"} | base | fields))


def customer(msp: Msp, by: User, name: str, **fields: Any) -> Customer:
    """A customer that `by` added."""
    email = f"contact@{''.join(letter for letter in name.lower() if letter.isalnum())}.example"
    data = CUSTOMER_FIELDS | {"name": name, "contact_email": email, "services": [KnoxService.CONFIGURE]} | fields
    with acting_as(by):
        return customers.add(msp, by=by, **data)


def direct_customer(sam: User, name: str = "Contoso", email: str = "carl@contoso.example") -> tuple[User, Customer]:
    """A company that nobody manages, and its super admin: Contoso and Carl."""
    data = CUSTOMER_FIELDS | {"name": name, "contact_email": email}
    with acting_as(sam), as_operator():
        company = customers.register(by=sam, services=[KnoxService.CONFIGURE], **data)
        admin = person(email)
        memberships.join(admin, company.roles.super_admin(), by=admin)
        Invitation.objects.filter(customer=company).delete()
    return admin, company


def full_access(msp: Msp, by: User, name: str) -> Customer:
    return customer(msp, by, name, access=Access.FULL)


def second_reseller(world: World, name: str = "Handel") -> tuple[User, Reseller]:
    """Another reseller of devices, and Otto, who runs it."""
    return company("otto@handel.example", name, Program.RESELLER, sam=world.sam, **RESELLER_FIELDS)
