"""Cleaning what people type. The rules that need the database stand in the verbs (applications, customers)."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from devices import tags
from onboarding import work_email
from onboarding.models import Application, Industry, Program
from rules import settings as rule
from tenants import zip_codes
from tenants.fields import Country, Email, OneOf, Paragraphs, Phone, PublicId, SomeOf, Tick, Website, Words
from tenants.models import Access, Customer, KnoxService
from tenants.public_ids import Kind
from tenants.regions import Region, country_name, region_of

AGREEMENTS = {
    "terms_of_use": "Samsung Knox Terms of Use",
    "privacy_policy": "Samsung Knox Privacy Policy",
    "managed_services_terms": "Samsung Knox Managed Services Terms and Conditions",
}
_OPEN_AGREEMENT = "Samsung needs all three agreements. Read and tick the ones that are still open."
_TICK_ONE = "Tick at least one."


class ZipCode(Words):
    """In capitals. What a country has, and whether it needs one, is known with the country (tenants/zip_codes.py)."""

    sometimes_needed = True

    def __init__(self) -> None:
        super().__init__("Zip code", longest=20, required=False)

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").upper()


class AddressFields(forms.Form):
    country = Country()
    address_1 = Words("Address 1", longest=200, hint="Of the main office.")
    address_2 = Words("Address 2", longest=200, required=False)
    city = Words("City")
    province = Words("State", required=False)
    zip_code = ZipCode()
    website = Website()


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

    def clean_zip_code(self) -> str:
        code: str = self.cleaned_data["zip_code"]
        country = self.cleaned_data.get("country")
        if country and (no := zip_codes.problem(code, country)):
            raise forms.ValidationError(no)
        return code

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if work_email.is_free(email):
            raise forms.ValidationError(
                f"Anyone can open a mailbox at {work_email.domain(email)}. Samsung needs a work email. Use the "
                "address that your company gave you."
            )
        return email

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

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        country, region = data.get("country"), data.get("region")
        if country and region and region_of(country) != region:
            self.add_error(
                "region",
                f"{country_name(country)} is not in {Region(region).label}. Choose the region of your company.",
            )
        return data

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


class RejectForm(forms.Form):
    reason = Paragraphs("Reason", longest=2000)

    def __init__(self, *args: Any, reader: str = "The applicant", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"{reader} reads it in an email."
        self.fields["reason"].error_messages["required"] = (
            "The other side reads the reason in an email. Write one or two sentences."
        )


class CustomerFields(AddressFields):
    """Company and contact of a customer (knox.md 3.2)."""

    field_order = ("name", "country", "size", "industry", *Customer.ADDRESS_FIELDS[1:])

    name = Words("Company name", longest=200, hint="As in the trade register.")
    contact_first_name = Words("First name")
    contact_last_name = Words("Last name")
    contact_email = Email(hint="Samsung and you write to this person. With No access the person needs no account.")
    contact_job_title = Words("Job title", required=False)
    phone = Phone()


class TenantPrefix(Words):
    """What parts tenants of Knox Manage that have one domain (knox.md 1.2)."""

    def __init__(self) -> None:
        super().__init__(
            "Tenant ID prefix", longest=40, required=False, hint="Knox Manage only. Needed if the domain is in use."
        )

    def clean(self, value: Any) -> Any:
        prefix: str = super().clean(value)
        plain = prefix.replace(".", "").replace("-", "").replace("_", "")
        if prefix and (not plain.isascii() or not plain.isalnum() or prefix[0] in ".-_" or prefix[-1] in ".-_"):
            raise forms.ValidationError(
                "A prefix has letters, digits and . - _ inside. It does not start or end with a period."
            )
        return prefix


class GuardForm(forms.Form):
    """What Knox Guard needs to know of a customer (knox.md 3.2, 6.6)."""

    guard_domain = OneOf(
        "Domain",
        Customer.GuardDomain.choices,
        required=False,
        hint="Knox Guard only: what it is for. It cannot change later. Enterprise and Insurance have no tenant type.",
    )
    tenant_type = OneOf(
        "Tenant type", Customer.TenantType.choices, required=False, hint="Knox Guard only. It cannot change later."
    )
    guard_phone = Phone("Support phone", required=False, hint="Knox Guard only. Financing needs it, or the email.")
    guard_email = Email("Support email", required=False, hint="Knox Guard only. Whom the people of a device reach.")


class NewCompanyFields(CustomerFields):
    size = OneOf("Company size", Customer.Size.choices, hint="People who work there.")
    industry = OneOf("Industry", Industry.choices, hint="The industry that is closest.")


class DirectCustomerForm(NewCompanyFields):
    """A company that manages itself. Knox Guard is for those of an MSP."""

    contact_email = Email(hint="We email this person a link to the company's portal.")

    services = SomeOf(
        "Services",
        [(value, label) for value, label in KnoxService.choices if value != KnoxService.GUARD],
        hint="What the company uses.",
        message="Tick at least one service.",
    )
    tenant_prefix = TenantPrefix()
    another_company = Tick("This is another company", required=False)

    def clean_services(self) -> list[KnoxService]:
        return [KnoxService(value) for value in self.cleaned_data["services"]]


class NewCustomerForm(GuardForm, NewCompanyFields):
    access = OneOf("Access of the customer", Access.choices, widget=forms.RadioSelect, initial=Access.NONE)
    services = SomeOf(
        "Services",
        KnoxService.choices,
        hint="What you manage. You can add more later, not remove.",
        message="Tick at least one service.",
    )
    tenant_prefix = TenantPrefix()
    another_company = Tick("This is another company", required=False)

    def __init__(self, *args: Any, knox_guard: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].error_messages["required"] = (
            "Choose No access or Full access. The choice counts for all services of this customer."
        )
        if not knox_guard:
            for name in GuardForm.base_fields:
                del self.fields[name]

    def fields_of_customer(self) -> dict[str, Any]:
        """The cleaned data as customers.add takes it. Where Knox Guard is not chosen, nothing is kept of its domain."""
        data = dict(self.cleaned_data)
        if KnoxService.GUARD not in data["services"]:
            data = {name: value for name, value in data.items() if not name.startswith("guard_")}
        return data | {"services": [KnoxService(value) for value in data["services"]]}


class Version(forms.DateTimeField):
    """The time of the version on the page, with its zone: a clock that is set back shows some times twice."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value


class CustomerTags(Words):
    """Tags of a customer, typed as those of devices are: a list of them, none where nothing is typed."""

    def __init__(self) -> None:
        super().__init__("Tags", longest=1000, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def prepare_value(self, value: Any) -> Any:
        return tags.typed(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return tags.read(super().clean(value), of="customer")


class EditCustomerForm(CustomerFields):
    """What of a customer an MSP may change (knox.md 2.5). `seen` is the time of the version on the page."""

    guard_phone, guard_email = GuardForm.base_fields["guard_phone"], GuardForm.base_fields["guard_email"]
    tags = CustomerTags()
    seen = Version()

    def __init__(self, *args: Any, contact_locked: bool, has_guard: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = rule.number("customer_tags")
        self.fields["tags"].help_text = f"With commas between. A customer can have {most} tags. It does not see them."
        off = (*(["contact_"] if contact_locked else []), *([] if has_guard else ["guard_"]))
        for field in [name for name in self.fields if name.startswith(off)]:
            del self.fields[field]

    def show_newest(self, modified_at: datetime) -> None:
        """Keep what was typed, but let the next save count as one that knows the newest version."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": modified_at.isoformat()}


class AddServicesForm(forms.Form):
    services = SomeOf("Services", KnoxService.choices, message="Tick at least one service.")
    tenant_prefix = TenantPrefix()


class LookUpForm(forms.Form):
    kcs_id = Words(
        "KCS Customer ID",
        longest=40,
        hint="Ten digits. The customer finds it on its company page. Your MSP ID does not work here.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class RequestForm(forms.Form):
    """What an MSP asks an existing customer for (words.md 7.5)."""

    kcs_id = Words("KCS Customer ID", longest=40, widget=forms.HiddenInput)
    services = SomeOf(
        "Services",
        KnoxService.choices,
        hint="What you ask for. The customer reads it before it decides.",
        message="Choose at least one service.",
    )
    access = OneOf("Access of the customer", Access.choices, widget=forms.RadioSelect, initial=Access.NONE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].error_messages["required"] = (
            "Choose No access or Full access. The choice counts for all services of this customer."
        )


class ConsentForm(forms.Form):
    """The customer's answer. Refusing needs nothing; approving needs a name and the boxes (words.md 5)."""

    name = Words("Your name", hint="")
    job_title = Words("Your job title", required=False)
    may_decide = Tick("")
    knows_losses = Tick("")
    note = Words("A note", longest=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, customer: str, msp: str, closes: bool, refuses: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = "The receipt shows who decided. Enter your name."
        self.fields["name"].help_text = f"We write it on the receipt of {customer}. {msp} does not see it."
        self._tick(
            "may_decide",
            f"I may decide this for {customer}.",
            f"Only someone who may decide for {customer} can answer. Tick the box, or forward the email to that "
            "person.",
        )
        self._tick(
            "knows_losses",
            "I know that our administrators lose their consoles.",
            "Your administrators lose their consoles. Tick the box to show that you know, or refuse.",
        )
        self.fields["note"].label = f"A note for {msp}"
        self.fields["note"].help_text = f"{msp} reads this note. Leave it empty if you like."
        if not closes:
            del self.fields["knows_losses"]
        if refuses:
            for field in self.fields.values():
                field.required = False

    def _tick(self, name: str, label: str, message: str) -> None:
        self.fields[name].label, self.fields[name].error_messages["required"] = label, message


class TypedForm(forms.Form):
    """A dangerous act asks to type what it is about."""

    typed = Words("", longest=200, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, what: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].label = f"Type {what} to go on"
        self.fields["typed"].error_messages["required"] = f"Type {what} exactly as shown."
