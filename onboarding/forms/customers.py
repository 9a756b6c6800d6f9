"""Customers, of an MSP or without one: new ones, what can change of them, what more they get."""

from datetime import datetime
from typing import Any

from django import forms

from devices import tags
from onboarding.forms.addresses import AddressFields
from onboarding.models import Industry
from rules import settings as rule
from tenants.fields import Email, OneOf, Phone, SomeOf, Tick, Words
from tenants.models import Access, Customer, KnoxService


class CustomerFields(AddressFields):
    """Company and contact of a customer (knox.md 3.2)."""

    field_order = ("name", "country", "size", "industry", *Customer.ADDRESS_FIELDS[1:])

    name = Words("Company name", longest=200, hint="As in the trade register.")
    contact_first_name = Words("First name")
    contact_last_name = Words("Last name")
    contact_email = Email(hint="Samsung and you write to this person. With No access the person needs no account.")
    contact_job_title = Words("Job title", required=False)
    phone = Phone()


class ContactForm(forms.Form):
    """The contact person of a company, as its own super admin names one (words.md customer.locked)."""

    contact_first_name = Words("First name")
    contact_last_name = Words("Last name")
    contact_email = Email(hint="Where an MSP's request, and its wish to stop, are answered.")
    contact_job_title = Words("Job title", required=False)


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

    def clean_services(self) -> list[KnoxService]:
        return [KnoxService(value) for value in self.cleaned_data["services"]]
