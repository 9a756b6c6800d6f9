"""The rights that a role can give: what each is called, and what it lets a person do, in words (knox.md 9.3).

Each is asked for by a door, a view or a verb, and by PostgreSQL's policies where it is about rows.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Right(NamedTuple):
    """One right. Whoever gets it gets those that it `needs`, too."""

    codename: str
    label: str
    allows: str
    needs: tuple[str, ...] = ()
    warning: str = ""


class RightGroup(NamedTuple):
    label: str
    rights: tuple[Right, ...]


_WORKS = ("view_customer", "manage_customer")
_PEOPLE = "Whoever has this right can give other people each right of their own role."
_OF_A_CUSTOMER = (
    Right("manage_customer", "Change customers", "Edit their details and work in their services.", ("view_customer",)),
    Right("approve_uploads", "Approve uploads", "Approve and reject what resellers upload.", _WORKS),
    Right("delete_devices", "Delete devices", "Delete devices. They leave all services.", _WORKS),
    Right("manage_licenses", "Manage licenses", "Enter license keys, start trials, and give and take seats.", _WORKS),
)
_CHANGE, _APPROVE, _DELETE, _LICENSES = _OF_A_CUSTOMER

MSP = (
    RightGroup(
        "Customers",
        (
            Right("view_customer", "See customers", "See their devices, licenses and services."),
            _CHANGE,
            Right("add_customers", "Add customers", "Add customers, ask existing ones, and order seats.", _WORKS),
            Right("delink_customers", "Delink customers", "Ask a customer to approve the delink.", _WORKS),
        ),
    ),
    RightGroup("Devices", (_APPROVE, _DELETE)),
    RightGroup("Licenses", (_LICENSES,)),
    RightGroup(
        "Administrators and roles",
        (
            Right("manage_people", "Manage administrators", "Invite people, change and block them.", (), _PEOPLE),
            Right("manage_roles", "Manage roles", "Add roles, and change what each lets people do.", (), _PEOPLE),
        ),
    ),
    RightGroup(
        "Activity log",
        (Right("view_activity", "See everybody's activity", "Without it, people see only what they did themselves."),),
    ),
)
"""What a role of an MSP can be made of."""

_FIXED = (
    Right("view_msp", "Open the MSP Portal", "Sign in to the Knox MSP Portal."),
    Right("change_msp", "Change the company", "Change support phone and support email."),
    Right("view_reseller", "Open the Reseller Portal", "See customers, uploads and devices."),
    Right(
        "change_reseller",
        "Work for the company",
        "Add customers, upload devices for them, and change what they see of the company.",
    ),
    Right("view_licensereseller", "Open the License Reseller Portal", "See orders and license keys."),
    Right(
        "change_licensereseller",
        "Work for the company",
        "Quote orders, issue license keys, and change what MSPs see of the company.",
    ),
    Right("manage_own_people", "Manage administrators", "Invite people, change and block them."),
)
"""What comes with a built-in role and cannot be chosen."""

ALL = {right.codename: right for right in (*_FIXED, *(one for group in MSP for one in group.rights))}
ALWAYS = "view_msp"
"""Every role of an MSP has it."""


def label(codename: str) -> str:
    return ALL[codename].label if codename in ALL else codename


def labels(codenames: Iterable[str]) -> list[str]:
    """As people read them, in the order of the page."""
    wanted = set(codenames)
    return [right.label for right in ALL.values() if right.codename in wanted]


def completed(chosen: Iterable[str]) -> list[str]:
    """What was chosen, with all that it needs, in the order of the page."""
    wanted = {ALWAYS, *chosen}
    for codename in chosen:
        wanted.update(ALL[codename].needs)
    return [codename for codename in ALL if codename in wanted]
