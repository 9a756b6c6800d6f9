"""The portals, by kind: what each is called, where it starts, and what it is for (words.md 1)."""

from dataclasses import dataclass

from tenants.one_portal import TITLES


@dataclass(frozen=True)
class Kind:
    title: str
    home: str  # the name of its first page's route
    text: str


KINDS = {
    "msp": Kind(TITLES["msp"], "msp-dashboard", "Manage Knox services for all your customers with one sign-in."),
    "reseller": Kind(
        TITLES["reseller"],
        "reseller-home",
        "Upload devices for customers who bought them from you, each to its KCS Customer ID.",
    ),
    "license_reseller": Kind(
        TITLES["license_reseller"], "license-reseller-home", "Sell license keys to the MSPs of your regions."
    ),
    "customer": Kind(TITLES["customer"], "admin-portal-home", "Work with Knox for your own company."),
    "samsung": Kind(TITLES["samsung"], "samsung-dashboard", "Decide applications and keep the record."),
}
