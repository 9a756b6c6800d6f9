"""The portals, by kind: what each is called, where it starts, and what it is for (words.md 1)."""

from dataclasses import dataclass

from tenants.one_portal import TITLES


@dataclass(frozen=True)
class Kind:
    title: str
    home: str  # the name of its first page's route
    text: str
    whose: str = ""  # to somebody without a place in it; Samsung's own is not named to others


KINDS = {
    "msp": Kind(
        TITLES["msp"],
        "msp-dashboard",
        "Manage Knox services for all your customers with one sign-in.",
        "The MSP Portal is for companies that Samsung approved as MSPs. Apply on the Knox Dashboard. To upload devices "
        "as a reseller, apply to the Knox Deployment Program.",
    ),
    "reseller": Kind(
        TITLES["reseller"],
        "reseller-home",
        "Upload devices for customers who bought them from you, each to its KCS Customer ID.",
        "The Reseller Portal is for companies that Samsung approved as resellers. Apply to the Knox Deployment Program "
        "on the Knox Dashboard.",
    ),
    "license_reseller": Kind(
        TITLES["license_reseller"],
        "license-reseller-home",
        "Sell license keys to the MSPs of your regions.",
        "The License Reseller Portal is for companies that Samsung approved as license resellers. Apply to the Knox "
        "Deployment Program on the Knox Dashboard.",
    ),
    "customer": Kind(
        TITLES["customer"],
        "admin-portal-home",
        "Work with Knox for your own company.",
        "The Knox Admin Portal is for the people of a company that uses Knox. Ask its super admin to invite you.",
    ),
    "samsung": Kind(TITLES["samsung"], "samsung-dashboard", "Decide applications and keep the record."),
}
