"""The demo: people and companies to try the portal with, made by the verbs that the pages use.

Nobody's password is a secret here, so it loads only while DEBUG (management/commands/demo.py).
"""

import re
from typing import Any

from django.db import transaction
from post_office.models import Email

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.adapters import email_confirmed
from accounts.models import User
from alerts import counting
from audit.models import Side
from onboarding import applications, contacts, customers
from onboarding.models import Application, Industry, Program
from portals import demo_devices, demo_licenses, demo_services, demo_tickets, demo_uploads
from tenants import invitations, memberships, msps, roles
from tenants.models import Access, Customer, KnoxService, Msp, Reseller

PASSWORD = "knox-demo"  # noqa: S105

KC, KME, KE, KM, CARE, KG = KnoxService
_AGREED = {"terms_of_use": True, "privacy_policy": True, "managed_services_terms": True}

# name, country, city, state, street, zip code, contact, size, industry, services, access
_AURORA = """
Alpenglühn Bergbahnen|AT|Innsbruck||Rennweg 41|6020|Lukas Hofer|100-249|hospitality|KC KME KM|none
Brightwater Care Homes|IE|Cork||South Mall 12|T12 XY00|Aoife Brennan|500-999|healthcare|KC KME KE|none
Delacroix Transports|FR|Lyon||Quai Perrache 8|69002|Camille Delacroix|250-499|transport|KC KM|full
Fjordline Freight|NO|Bergen||Strandkaien 14|5013|Ingrid Halvorsen|1000+|transport|KC KME KE KM SC+|none
Hansel & Roth Bakeries|DE|Hamburg||Grindelallee 33|20146|Jonas Roth|250-499|retail|KME KM|none
Kestrel Field Services|GB|Leeds||Wellington Street 5|LS1 4DL|Priya Nair|250-499|energy|KC KME KG|full
Lumen Retail Group|IT|Milano|MI|Via Torino 21|20123|Giulia Ferri|1000+|retail|KC KME KE KM KG|none
Meridian Security|BE|Gent||Korenmarkt 3|9000|Wout Claes|100-249|public_safety|KC KG|none
Norrland Timber|SE|Umeå||Rådhusesplanaden 6|903 28|Elsa Åström|20-99|manufacturing|KC|none
Ostrava Steelworks|CZ|Ostrava||Nádražní 117|702 00|Tomáš Novák|1000+|manufacturing|KC KME KM|none
Puerto Sol Hotels|ES|Málaga|Málaga|Calle Larios 9|29005|Carmen Ruiz|500-999|hospitality|KME KM SC+|none
Zuiderzee Waterbeheer|NL|Lelystad||Stadhuisplein 2|8232 ZX|Sanne de Wit|100-249|government|KC KE|none
"""
_BOREALIS = """
Cascadia Orchards|US|Yakima|Washington|N 1st Street 210|98901|Dana Whitfield|100-249|agriculture|KC KME|none
Great Lakes Couriers|US|Duluth|Minnesota|Superior Street 88|55802|Marcus Bell|250-499|transport|KC KME KE|none
Northern Light Clinics|CA|Winnipeg|Manitoba|Portage Avenue 360|R3C 0G8|Chloé Tremblay|500-999|healthcare|KME KM|none
Prairie Wind Energy|CA|Regina|Saskatchewan|Albert Street 2045|S4P 2T8|Noah Friesen|100-249|energy|KC KM|full
"""


@transaction.atomic
def load() -> bool:
    """Make everything, or nothing where it is there already. Returns whether it made something."""
    if User.objects.by_email("sam@samsung.example"):
        return False
    sam = _samsung()
    alice, aurora = _company(
        sam, "Alice Lindqvist", "alice@aurora.example", _msp("Aurora Managed Mobility", "europe", "SE", "Stockholm")
    )
    bob, borealis = _company(
        sam,
        "Bob Keller",
        "bob@borealis.example",
        _msp("Borealis Device Services", "north_america", "US", "Minneapolis", province="Minnesota"),
    )
    (rita, partners), lena = _resellers(sam)
    with as_operator():
        aurora = msps.authorize_knox_guard(aurora, by=sam)
    managed = _customers(aurora, alice, _AURORA)
    _customers(borealis, bob, _BOREALIS)
    _people(aurora, borealis, partners, managed)
    _license_desk(aurora, alice)
    contoso = _direct_customer(sam)
    demo_devices.load(alice, managed, contoso)
    demo_uploads.register(partners, alice, aurora, managed)
    demo_uploads.load(rita, partners, managed=managed, direct=contoso)
    _other_applications(sam)
    _licenses_and_services(alice, lena, managed, contoso)
    demo_tickets.load({"alice": alice, "rita": rita, "sam": sam}, aurora=aurora, reseller=partners, managed=managed)
    return True


def _samsung() -> User:
    """Two Samsung admins, as a deletion wants two. Returns the one who decides the applications."""
    sam = samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park", password=PASSWORD)
    samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Seo", password=PASSWORD)
    sam.time_zone = "Asia/Seoul"
    sam.save()
    return sam


def _resellers(sam: User) -> tuple[tuple[User, Any], User]:
    """Of devices, with the company, and of licenses."""
    rita = _company(
        sam, "Rita Okonjo", "rita@resell.example", _reseller("Nordic Device Partners", Application.Sells.DEVICES)
    )
    lena, _ = _company(
        sam, "Lena Vogt", "lena@licenses.example", _reseller("Nordkey Licensing", Application.Sells.KEYS)
    )
    return rita, lena


def _msp(company: str, region: str, country: str, city: str, *, province: str = "") -> dict[str, Any]:
    domain = company.split(maxsplit=1)[0].lower() + ".example"
    return {
        "program": Program.MSP,
        "company": company,
        "regions": [region],
        "country": country,
        "city": city,
        "province": province,
        "address_1": "Main Street 1",
        "zip_code": "11122",
        "customer_count": Application.CustomerCount.UP_TO_50,
        "industries": [Industry.RETAIL, Industry.TRANSPORT],
        "services": [KC, KME, KE, KM],
        "support_phone": "+4681234567",
        "support_email": f"help@{domain}",
        "website": f"https://{domain}",
    }


def _reseller(company: str, sells: Application.Sells) -> dict[str, Any]:
    return {
        "program": Program.RESELLER,
        "company": company,
        "regions": ["europe"],
        "country": "DE",
        "city": "Berlin",
        "address_1": "Torstraße 44",
        "zip_code": "10119",
        "sells": sells,
        "registration_number": "HRB 20761",
        "device_count": Application.DeviceCount.UP_TO_10000,
    }


def _apply(name: str, email: str, fields: dict[str, Any]) -> Application:
    """Send an application and follow the link in the letter, as the applicant does."""
    first, _, last = name.partition(" ")
    person: dict[str, Any] = {"first_name": first, "last_name": last, "email": email, "phone": "+49301234567"}
    applications.submit(by=None, agreements=_AGREED, **fields, **person)
    return applications.confirm(_link("apply/confirm", email), password=PASSWORD)


def _company(sam: User, name: str, email: str, fields: dict[str, Any]) -> tuple[User, Any]:
    application = _apply(name, email, fields)
    with acting_as(sam), as_operator():
        organization = applications.approve(application, by=sam)
    person = User.objects.by_email(email)
    assert person  # noqa: S101  (made by the confirmation)
    return person, organization


def _link(path: str, email: str) -> str:
    """The token in the newest letter to this address."""
    letter = Email.objects.filter(to__contains=email, message__contains=f"/{path}/").latest("pk")
    found = re.search(rf"/{path}/([\w-]+)/", letter.message)
    assert found  # noqa: S101
    return found[1]


def _customers(msp: Msp, by: User, table: str) -> list[Customer]:
    made = []
    for line in table.strip().splitlines():
        name, country, city, province, street, zip_code, contact, size, industry, services, allowed = line.split("|")
        first, _, last = contact.partition(" ")
        domain = re.sub(r"[^a-z]", "", name.split()[0].lower()) + ".example"
        fields: dict[str, Any] = {
            "name": name,
            "country": country,
            "city": city,
            "province": province,
            "address_1": street,
            "zip_code": zip_code,
            "phone": "+4930555010",
            "website": f"https://www.{domain}",
            "size": size,
            "industry": industry,
            "contact_first_name": first,
            "contact_last_name": last,
            "contact_email": f"{first.lower()}@{domain}".encode("ascii", "ignore").decode(),
            "contact_job_title": "Head of IT",
            "access": Access(allowed),
            "tenant_type": Customer.TenantType.NORMAL if "KG" in services else "",
            "guard_domain": Customer.GuardDomain.FINANCING if "KG" in services else "",
            "guard_phone": "+4930555020" if "KG" in services else "",
        }
        with acting_as(by):
            made.append(customers.add(msp, by=by, services=[KnoxService(one) for one in services.split()], **fields))
    return made


def _people(aurora: Msp, borealis: Msp, partners: Reseller, managed: list[Customer]) -> None:
    """Colleagues: one limited to three customers, one with a different role in each MSP, one in two portals (FAQ Q14),
    one blocked."""
    tom = _person("Tom Okafor", "tom@aurora.example", "Europe/London")
    mira = _person("Mira Castellano", "mira@freelance.example", "Europe/Madrid")
    iris = _person("Iris Holm", "iris@freelance.example", "Europe/Stockholm")
    vik = _person("Viktor Hale", "viktor@aurora.example", "Europe/Stockholm")
    by_name = {customer.name: customer for customer in managed}
    his = [by_name[name] for name in ("Fjordline Freight", "Lumen Retail Group", "Kestrel Field Services")]
    with as_operator():
        memberships.join(tom, aurora.roles.get(name="Technician"), by=None, customers=his)
        memberships.join(mira, aurora.roles.get(name="Technician"), by=None)
        memberships.join(mira, borealis.roles.get(name="Viewer"), by=None)
        memberships.join(iris, aurora.roles.get(name="Technician"), by=None)
        memberships.join(iris, partners.roles.super_admin(), by=None, side=Side.RESELLER)
        memberships.block(memberships.join(vik, aurora.roles.get(name="Admin"), by=None), by=None)


def _license_desk(aurora: Msp, alice: User) -> None:
    """A role of Aurora's own, and somebody who is invited to it."""
    rights = ["view_customer", "manage_licenses", "view_activity"]
    with acting_as(alice):
        desk = roles.add(
            aurora, name="License desk", description="Orders licenses and gives seats.", chosen=rights, by=alice
        )
        invitations.invite(
            aurora, email="noor@aurora.example", first_name="Noor", last_name="Haddad", role=desk, by=alice
        )


def _person(name: str, email: str, zone: str) -> User:
    first, _, last = name.partition(" ")
    person = User.objects.create_user(email, PASSWORD, first_name=first, last_name=last, time_zone=zone)
    email_confirmed(person)
    return person


def _direct_customer(sam: User) -> Customer:
    with acting_as(sam), as_operator():
        contoso = customers.register(
            by=sam,
            services=[KC, KME, KE, CARE],
            name="Contoso GmbH",
            country="DE",
            city="Berlin",
            address_1="Hauptstr. 5",
            zip_code="10115",
            phone="+49301234567",
            size=Customer.Size.UP_TO_249,
            industry=Industry.TRANSPORT,
            contact_first_name="Carl",
            contact_last_name="Bauer",
            contact_email="carl@contoso.example",
            contact_job_title="IT",
        )
    contacts.join(_link("join", "carl@contoso.example"), password=PASSWORD)
    return contoso


def _licenses_and_services(alice: User, lena: User, managed: list[Customer], contoso: Customer) -> None:
    demo_licenses.load(alice, lena, managed)
    demo_services.load(alice, lena, managed)
    demo_services.load_own(contoso, lena)
    counting.recount(full=True)  # so that the dashboard has its alerts before the first minute has passed


def _other_applications(sam: User) -> None:
    """Two that wait and one that Samsung rejected."""
    _apply("Hanna Weiss", "hanna@polaris.example", _msp("Polaris Workplace IT", "europe", "CH", "Zürich"))
    _apply("Pedro Lima", "pedro@tropico.example", _reseller("Tropico Telecom", Application.Sells.DEVICES))
    rejected = _apply("Ivo Brandt", "ivo@quickfix.example", _msp("Quickfix Phones", "europe", "AT", "Graz"))
    with acting_as(sam), as_operator():
        applications.reject(
            rejected,
            by=sam,
            reason="The company register does not list this address. Correct it and apply again.",
        )
