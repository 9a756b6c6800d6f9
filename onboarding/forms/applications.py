"""The two applications."""

from typing import Any, ClassVar

from django import forms

from accounts.models import User
from onboarding import work_email
from onboarding.forms.addresses import AddressFields
from onboarding.models import Application, Industry, Program
from tenants import addresses
from tenants.fields import Email, OneOf, Phone, PublicId, SomeOf, Tick, Words
from tenants.models import KnoxService
from tenants.public_ids import Kind
from tenants.regions import Region, country_name, region_of

AGREEMENTS = {
    "terms_of_use": "Samsung Knox Terms of Use",
    "privacy_policy": "Samsung Knox Privacy Policy",
    "managed_services_terms": "Samsung Knox Managed Services Terms and Conditions",
}
_OPEN_AGREEMENT = "Samsung needs all three agreements. Read and tick the ones that are still open."
_TICK_ONE = "Tick at least one."


class ApplicationForm(AddressFields):
    """What both programs ask (knox.md 3.1)."""

    program: ClassVar[Program]

    first_name = Words("First name", hint="As on a business card.")
    last_name = Words("Last name")
    email = Email(hint="The address your company gave you. We send the answer there.")
    phone = Phone()
    company = Words("Company name", longest=200, hint="As in the trade register.")
    terms_of_use = Tick(f"I have read and agree to the {AGREEMENTS['terms_of_use']}", message=_OPEN_AGREEMENT)
    privacy_policy = Tick(f"I have read and agree to the {AGREEMENTS['privacy_policy']}", message=_OPEN_AGREEMENT)
    managed_services_terms = Tick(
        f"I have read and agree to the {AGREEMENTS['managed_services_terms']}", message=_OPEN_AGREEMENT
    )
    wants_news = Tick("Send me news from Samsung (optional)", required=False)

    # As on the page, so that the box above a refused form lists its fields from top to bottom.
    field_order = (
        *("first_name", "last_name", "email", "phone", "company", "country", "address_1", "address_2", "city"),
        *("zip_code", "province", "website"),
        *("region", "customer_count", "industries", "services", "own_kcs_id", "own_reseller_id"),
        *("sells", "registration_number", "device_count", "sold_to_code", "regions"),
        *("support_phone", "support_email", *AGREEMENTS),
    )

    def __init__(self, *args: Any, applicant: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if applicant:  # signed in: who applies is known, and the address is confirmed
            for field in ("first_name", "last_name", "email"):
                del self.fields[field]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"]
        if region_of(country) is None:
            raise forms.ValidationError(
                f"Knox is not available in {country_name(country)}. Choose the country of your main office."
            )
        return country

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if work_email.is_free(email):
            raise forms.ValidationError(
                f"Anyone can open a mailbox at {work_email.domain(email)}. Samsung needs a work email. Use the "
                "address that your company gave you."
            )
        return email

    def clean(self) -> None:
        """Once the country is known, the rest of the address is that country's."""
        if country := self.cleaned_data.get("country"):
            typed = {name: self.cleaned_data.get(name, "") for name in ("province", "zip_code")}
            wrong = addresses.problems(country, **typed)
            for name in wrong.keys() - self.errors.keys():
                self.add_error(name, wrong[name])

    def fields_of_application(self) -> dict[str, Any]:
        """The cleaned data as applications.submit takes it."""
        data = dict(self.cleaned_data)
        data["agreements"] = {document: data.pop(document) for document in AGREEMENTS}
        return data


class MspApplicationForm(ApplicationForm):
    program = Program.MSP

    region = OneOf(
        "Region", Region.choices, hint="Your customers and their devices must be there. It cannot change later."
    )
    customer_count = OneOf(
        "Number of customers", Application.CustomerCount.choices, hint="How many companies you serve today."
    )
    industries = SomeOf("Industries served", Industry.choices, hint="Tick all that fit.", message=_TICK_ONE)
    services = SomeOf("Services offered", KnoxService.choices, hint="Tick all that fit.", message=_TICK_ONE)
    own_kcs_id = PublicId("KCS Customer ID", wanted=Kind.CUSTOMER, required=False, hint="Only if your company has one.")
    own_reseller_id = PublicId(
        "Reseller ID", wanted=Kind.RESELLER, required=False, hint="Only if your company has one."
    )
    support_phone = Phone("Support phone", hint="Your customers read this.")
    support_email = Email("Support email", hint="Your customers read this.")

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        country, region = data.get("country"), data.get("region")
        if country and region and region_of(country) != region:
            self.add_error(
                "region",
                f"{country_name(country)} is not in {Region(region).label}. Choose the region of your company.",
            )

    def fields_of_application(self) -> dict[str, Any]:
        data = super().fields_of_application()
        return data | {"regions": [data.pop("region")]}


class ResellerApplicationForm(ApplicationForm):
    program = Program.RESELLER

    sells = OneOf("What you sell", Application.Sells.choices, hint="Each has its own portal.")
    regions = SomeOf(
        "Regions you sell in",
        Region.choices,
        hint="Samsung authorizes each one.",
        message="Tick at least one region.",
    )
    registration_number = Words("Company registration number", longest=60, hint="The number of your trade register.")
    device_count = OneOf("Devices a month", Application.DeviceCount.choices, hint="So that we can plan.")
    sold_to_code = Words(
        "Sold-to code", longest=20, required=False, hint="Samsung's number for your company, if you buy from Samsung."
    )

    def clean_sold_to_code(self) -> str:
        code: str = self.cleaned_data["sold_to_code"]
        if code and not (code.isascii() and code.isdigit()):
            raise forms.ValidationError("A sold-to code has digits only.")
        return code


APPLICATION_FORMS: dict[str, type[ApplicationForm]] = {
    Program.MSP: MspApplicationForm,
    Program.RESELLER: ResellerApplicationForm,
}
