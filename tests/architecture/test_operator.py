"""Where the portal looks beyond the person who acts. Each place has its reason; a new one is a decision."""

import re
from pathlib import Path

from django.conf import settings

ALLOWED = {
    "accounts/acting.py": "defines it",
    "audit/chain.py": "seals and checks what everybody did",
    "tenants/memberships.py": "grants follow a place, also on customers that the one who acts does not see",
    "tenants/managements.py": "customers that a scope names, also where the role that adds them does not see them",
    "tenants/roles.py": "grants follow a role, also on customers that the one who acts does not see",
    "tenants/administrators.py": "whom a person reaches and where else one works, seen by the one who acts or not",
    "tenants/invitations.py": "invited people without an account; links are nobody's to read",
    "tenants/door.py": "the Samsung Admin Portal decides over every organization",
    "tenants/two_portals.py": "whether somebody is of the customer, whose people its MSP does not see",
    "tenants/teams.py": "who works for a customer, for letters from others",
    "tenants/tenant_ids.py": "whether another customer, of whichever MSP, has this tenant ID",
    "tenants/tasks.py": "the clock of the exports, of everybody",
    "tenants/export_steps.py": "whose export it is, then acts as that person; ends it where it cannot be made",
    "portals/canary.py": "keeps the canary, picks the people for whom it asks, and writes to Samsung",
    "portals/demo.py": "plays Samsung",
    "portals/demo_tickets.py": "plays Samsung",
    "portals/scale.py": "writes a world of many MSPs for measuring",
    "devices/lookups.py": "whether Knox has a device; regions of a reseller's customers",
    "devices/bulk_acts.py": "whose act it is, then acts as that person; ends it where the person cannot",
    "devices/upload_steps.py": "whose upload it is, then acts as that person; ends it where the person cannot",
    "devices/resellers.py": "finds customers and resellers by an ID that somebody typed; adds a reseller's customer",
    "devices/reseller_deletions.py": "what its reseller's deletions leave: approvals, the customer's history, its team",
    "devices/tasks.py": "the clock of the uploads, of everybody",
    "devices/approvals.py": "approves by itself on behalf of the reseller; which side decided; how far an upload is",
    "devices/deployment_app.py": "a phone adds itself by its customer's code; no person acts",
    "services/preferences.py": "approved devices of any customer get their profile; whether a reseller may name one",
    "services/swaps.py": "the new device of a swap is added as the worker adds one; its check ran as the person",
    "devices/approval_emails.py": "the uploader of a reseller's upload, and the customer that the reseller may not see",
    "licensing/keys.py": "whose key it is: only the answer for this customer is told",
    "licensing/orders.py": "a delivered key goes to a customer that the license reseller does not see",
    "licensing/sales.py": "the region of the MSP to which a license reseller sells",
    "licensing/emails.py": "letters to the other side of an order",
    "licensing/expiry.py": "the clock of the licenses, of everybody",
    "alerts/counting.py": "counts the facts of every organization, and opens and closes alerts",
    "alerts/tasks.py": "the customers of an MSP, to count them",
    "licensing/tasks.py": "the nightly sum over every license",
    "services/emails.py": "the leads of the MSP, whom a customer with Full access does not see",
    "onboarding/applications.py": "applicants without an account; the numbers in the letter to Samsung",
    "onboarding/contacts.py": "invited people without an account; roles of a customer",
    "onboarding/access_changes.py": "roles of a customer, and the reason that its closed people read",
    "onboarding/link_views.py": "a receipt behind a link",
    "onboarding/wishes.py": "both sides change together; the customer may not see its MSP",
    "onboarding/consents.py": "customers answer by a link, without an account",
    "onboarding/endings.py": "both sides change together; customers answer by a link",
    "onboarding/management/commands/verify_receipts.py": "checks every receipt",
    "onboarding/requests.py": "looks up a company that the MSP may not see",
    "services/tasks.py": "the nightly sum over every service",
    "services/clocks.py": "the clock of the services, of everybody; a device that speaks again",
    "services/agents.py": "an agent enrolls by its customer's code; no person acts",
    "services/management/commands/fleet.py": "plays phones of any customer, as nobody",
    "portals/activity.py": "names of MSPs and resellers in the logs of those who deal with them",
    "support/deletions.py": "the clock of the deletions, of every customer",
    "alerts/digests.py": "finds whose hour has come, then acts as that person; what waits for Samsung",
    "alerts/urgent.py": "finds who works where something is critical, then acts as that person",
    "portals/admin.py": "names of the MSPs that ask a customer",
    "onboarding/tasks.py": "forgets what nobody confirmed",
}
APPS = ("accounts", "audit", "rules", "mail", "tenants", "devices", "licensing", "services", "onboarding", "support",
        "alerts", "portals", "msp_portal")  # fmt: skip


def sources():
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            yield str(path.relative_to(settings.BASE_DIR)), path.read_text()


def test_only_listed_places_act_as_the_operator():
    found = {name for name, text in sources() if "as_operator" in text}

    assert found == ALLOWED.keys()


def test_nothing_is_set_for_longer_than_a_transaction():
    """A session-level SET would reach the next client of a pooler (design.md 4)."""
    session_set = re.compile(r"SET\s+(SESSION\s+)?(app\.|role\b(?!\s*\{))|set_config\([^)]*false\)", re.IGNORECASE)
    local = re.compile(r"SET LOCAL", re.IGNORECASE)

    found = [name for name, text in sources() if session_set.search(local.sub("", text))]

    assert found == []


def test_only_one_module_writes_grants():
    outside = [(name, text) for name, text in sources() if "/models/" not in name and "/migrations/" not in name]
    tables = re.compile(r"(Group|User)Grant\b|(group|user)_grants\.|assign_perm|remove_perm")
    rows = re.compile(r"\bgrants\.(held|holders|give|take)\b")
    groups = re.compile(r"\.groups\.(add|remove|set|clear)\b")

    assert {name for name, text in outside if tables.search(text)} == {"tenants/grants.py"}
    assert {name for name, text in outside if rows.search(text)} == {
        "tenants/access.py",  # asks
        "tenants/organizations.py",
        "tenants/roles.py",
        "tenants/memberships.py",
        "tenants/managements.py",
    }
    assert {name for name, text in outside if groups.search(text)} == {
        "tenants/memberships.py",
        "accounts/samsung_admins.py",
    }
