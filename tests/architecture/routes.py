"""Every address of the portal and who may open it. A route that is not listed fails the census.

A policy is a row of POLICIES in test_matrix.py. Marks of the doors (tenants/door.py) must agree with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.world import World

Args = Callable[[World], list[object]]


def nothing(world: World) -> list[object]:
    return []


@dataclass(frozen=True)
class Route:
    """`policy` for reading, `post` for changing (None: the address answers 405 to POST)."""

    policy: str | None
    post: str | None = None
    args: Args = nothing
    data: dict[str, object] = field(default_factory=dict)


ROUTES: dict[str, Route] = {
    # for everybody
    "knox-dashboard": Route("public"),
    "healthz": Route("public"),
    "terms": Route("public", args=lambda world: ["terms_of_use"]),
    "apply": Route("public", "public", args=lambda world: ["msp"]),
    "apply-sent": Route("public"),
    "application-confirm": Route("link", "link", args=lambda world: ["not-a-token"]),
    "invitation": Route("link", "link", args=lambda world: ["not-a-token"]),
    "consent": Route("link", "link", args=lambda world: ["not-a-token"]),
    "delink": Route("link", "link", args=lambda world: ["not-a-token"]),
    "receipt": Route("link", "link", args=lambda world: ["not-a-token"]),
    "management-end": Route("link", "link", args=lambda world: ["not-a-token"]),
    "no-api": Route("missing", args=lambda world: ["v1/customers/"]),
    "not-found": Route("missing", args=lambda world: ["nowhere/"]),
    # for whoever is signed in
    "preferences": Route("person", "person"),
    "launch": Route(None, "launch", args=lambda world: ["msp", world.aurora.pk]),
    # for the one whose it is
    "application": Route("alice's", args=lambda world: [world.alice.applications.get().pk]),
    "export": Route("alice's", args=lambda world: [world.alice.exports.get().pk]),
    "export-file": Route("alice's", args=lambda world: [world.alice.exports.get().pk]),
    # the MSP Portal
    "customer-list": Route("msp:view_msp"),
    "customer-export": Route("msp:view_msp"),
    "palette": Route("msp:view_msp"),
    "customer-add": Route("msp:add_customers", "msp:add_customers"),
    "customer-existing": Route("msp:add_customers", "msp:add_customers"),
    "request-ask": Route(None, "msp:add_customers"),
    "request-list": Route("msp:view_msp"),
    "request-again": Route(None, "request", args=lambda world: [world.asked.pk]),
    "request-withdraw": Route(None, "request", args=lambda world: [world.asked.pk]),
    "customer-access": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-delink": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "delink-again": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "delink-take-back": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-receipt": Route("customer:receipt", args=lambda world: [world.first.kcs_id]),
    "customer": Route("customer", args=lambda world: [world.first.kcs_id]),
    "customer-edit": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-services": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    # the other portals
    "reseller-home": Route("member:reseller"),
    "license-reseller-home": Route("member:license_reseller"),
    "admin-portal-home": Route("member:customer"),
    "admin-portal-end": Route(None, "member:customer"),
    "samsung-applications": Route("samsung"),
    "samsung-application": Route("samsung", args=lambda world: [world.waiting.pk]),
    "samsung-approve": Route(None, "samsung", args=lambda world: [world.waiting.pk]),
    "samsung-reject": Route(None, "samsung", args=lambda world: [world.waiting.pk]),
}

# allauth's own addresses: what it lets a person do without signing in, and what only the person may do.
# Its views carry their own login_required; the matrix opens each without an account.
ALLAUTH_PUBLIC = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
ALLAUTH_PERSON = {
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "usersessions_list",
}
