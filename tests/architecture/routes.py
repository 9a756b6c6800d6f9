"""Every address of the portal and who may open it. A route that is not listed fails the census.

A policy is a row of POLICIES in test_matrix.py. Marks of the doors (tenants/door.py) must agree with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from alerts.models import Alert
from devices.models import Approval, BulkAct, Device, DeviceModel, ResellerCustomer, Upload
from licensing import keys, orders, trials
from licensing.models import Key, License, Listing, Order, Product
from services import modules, things
from services.models import Enrollment, Thing
from tenants.models import Customer, CustomerService, KnoxService, Membership, Reseller
from tests.alerts import alarm
from tests.services import covering
from tests.services.typed import cleaned
from tests.support import ground as support
from tests.world import World

Args = Callable[[World], list[object]]
PROFILES = ("knox-configure", "profile")


def device(customer: Customer) -> int:
    """A device of this customer; 0 where it has none."""
    with as_operator():
        return Device.objects.filter(customer=customer).values_list("pk", flat=True).first() or 0


def nothing(world: World) -> list[object]:
    return []


def upload(customer: Customer) -> int:
    """What its own side sent for this customer; 0 where it sent nothing."""
    with as_operator():
        return Upload.objects.filter(customer=customer).values_list("pk", flat=True).first() or 0


def approval(customer: Customer) -> int:
    """What a reseller sent for this customer; 0 where none did."""
    with as_operator():
        found = Approval.objects.filter(customer=customer, reseller__isnull=False)
        return found.values_list("pk", flat=True).first() or 0


def alert(customer: Customer) -> int:
    """An alert of this customer, made where it has none."""
    with as_operator():
        found = Alert.objects.lasting().filter(customer=customer).values_list("pk", flat=True).first()
    return found or alarm.alert(customer).pk


def bulk_act(customer: Customer, person: User) -> int:
    """An act on many devices of this customer, made where it has none."""
    with as_operator():
        asked = {"by": person, "label": "Tag", "right": "manage_customer", "worker": "none", "back": ["devices"]}
        act, _ = BulkAct.objects.get_or_create(customer=customer, defaults=asked | {"total": 1, "until": 1})
        return act.pk


def sent(reseller: Reseller) -> int:
    """What this reseller sent; 0 where it sent nothing."""
    with as_operator():
        return Upload.objects.filter(reseller=reseller).values_list("pk", flat=True).first() or 0


def relation(customer: Customer) -> int:
    """That a reseller uploads for this customer; 0 where none does."""
    with as_operator():
        return ResellerCustomer.objects.filter(customer=customer).values_list("pk", flat=True).first() or 0


def license(world: World) -> list[object]:
    """A license of Aurora's first customer: its trial. Asked as Alice."""
    found = License.objects.kept().filter(customer=world.first).first() or trials.start(world.first, by=world.alice)
    return [world.first.kcs_id, found.pk]


def order(world: World) -> list[object]:
    """An order of Aurora for nobody yet. Asked as Alice."""
    found = Order.objects.filter(msp=world.aurora, customer=None).first()
    bought = {"product": Product.objects.get(code="kc-dynamic"), "seats": 5, "months": 12}
    found = found or orders.place(
        Listing.objects.get(license_reseller=world.license_reseller), msp=world.aurora, by=world.alice, **bought
    )
    return [found.pk]


def accepted(world: World) -> list[object]:
    """An order whose key Nordkey may issue: Aurora accepted the quote."""
    (pk,) = order(world)
    sent = Order.objects.get(pk=pk)
    if sent.state == Order.State.SENT:
        with acting_as(world.lena), as_reseller():
            orders.quote(sent, price=Decimal(100), currency="EUR", tax="without", by=world.lena)
        orders.accept(sent, by=world.alice)
    return [pk]


def listing(world: World) -> list[object]:
    return [Listing.objects.get(license_reseller=world.license_reseller).pk]


def key(world: World) -> list[object]:
    """A key of Nordkey that serves nobody."""
    with acting_as(world.lena), as_reseller():
        found = Key.objects.first()
        if found is None:
            bought = {"product": Product.objects.get(code="kc-dynamic"), "seats": 5, "months": 12}
            found, _ = keys.issue(Listing.objects.get(license_reseller=world.license_reseller), by=world.lena, **bought)
    return [found.pk]


def company_license(world: World) -> list[object]:
    """The trial of Contoso, which manages itself."""
    with acting_as(world.carl):
        found = License.objects.filter(customer=world.contoso).first() or trials.start(world.contoso, by=world.carl)
    return [found.pk]


def console(world: World) -> list[object]:
    """Knox Configure of Aurora's first customer."""
    return [world.first.kcs_id, "knox-configure"]


def own_console(world: World) -> list[object]:
    """The same of Contoso."""
    return ["knox-configure"]


def care(world: World) -> list[object]:
    """Samsung Care+ of Aurora's first customer, with a claim."""
    covering.claim(world)
    return [world.first.kcs_id, covering.CARE.slug]


def claim(world: World) -> list[object]:
    return [*care(world), covering.claim(world).pk]


def covered(world: World) -> list[object]:
    """A device of it that a plan covers."""
    return [*care(world), covering.claim(world).device_id]


def own_care(world: World) -> list[object]:
    """The same of Contoso, which manages itself."""
    covering.claim(world, world.contoso, by=world.carl)
    return [covering.CARE.slug]


def own_claim(world: World) -> list[object]:
    return [*own_care(world), covering.claim(world, world.contoso, by=world.carl).pk]


def own_covered(world: World) -> list[object]:
    return [*own_care(world), covering.claim(world, world.contoso, by=world.carl).device_id]


def thing(world: World) -> list[object]:
    """A profile of Aurora's first customer in Knox Configure. Asked as Alice."""
    return [world.first.kcs_id, *_thing(world.first, "knox-configure", "profile", by=world.alice)]


def kept(world: World) -> list[object]:
    """The same profile, which nobody can delete, because a device has it: so each person is asked the same."""
    args = thing(world)
    with as_operator():
        enrolled = {"customer": world.first, "device_id": device(world.first), "service": KnoxService.CONFIGURE}
        Enrollment.objects.get_or_create(**enrolled, defaults={"state": "configured", "thing_id": args[-1]})
    return args


def campaign(world: World) -> list[object]:
    """A campaign of Aurora's first customer in Knox E-FOTA, which it has then."""
    with as_operator():
        CustomerService.objects.get_or_create(customer=world.first, service=KnoxService.EFOTA)
    return [world.first.kcs_id, *_thing(world.first, "knox-e-fota", "campaign", by=world.alice)]


def own_thing(world: World) -> list[object]:
    """A profile of Contoso, made by Carl."""
    with acting_as(world.carl):
        return _thing(world.contoso, "knox-configure", "profile", by=world.carl)


def own_campaign(world: World) -> list[object]:
    with as_operator():
        CustomerService.objects.get_or_create(customer=world.contoso, service=KnoxService.EFOTA)
    with acting_as(world.carl):
        return _thing(world.contoso, "knox-e-fota", "campaign", by=world.carl)


def _thing(customer: Customer, slug: str, kind: str, *, by: User) -> list[object]:
    """Slug, kind and key of the customer's first thing of this kind; added where there is none."""
    console = modules.by_slug(slug)
    assert console
    declared = console.kind(kind)
    assert declared
    found = Thing.objects.filter(customer=customer, service=console.service, kind=kind).first()
    settings = cleaned(console.service, declared)
    found = found or things.add(customer, console, declared, name="First", settings=settings, by=by)
    return [slug, kind, found.pk]


def person(world: World) -> list[object]:
    """Vera, an administrator of Aurora."""
    return [Membership.objects.get(user=world.vera, msp=world.aurora).pk]


def own_person(column: str) -> Args:
    """The one administrator of another kind of organization."""
    who = {"reseller": "rita", "license_reseller": "lena", "customer": "carl"}[column]

    def args(world: World) -> list[object]:
        with as_operator():
            return [Membership.objects.get(user=getattr(world, who)).pk]

    return args


def to_send(args: Args) -> Args:
    """The act of sending an invitation again, which for an active person changes nothing."""
    return lambda world: [*args(world), "send"]


def role(world: World) -> list[object]:
    """A built-in role of Aurora."""
    return [world.aurora.roles.get(name="Viewer").pk]


@dataclass(frozen=True)
class Route:
    """`policy` for reading, `post` for changing (None: the address answers 405 to POST)."""

    policy: str | None
    post: str | None = None
    args: Args = nothing
    data: dict[str, object] = field(default_factory=dict)
    query: str = ""
    """What the page needs in its address to show something."""


ROUTES: dict[str, Route] = {
    # for everybody
    "knox-dashboard": Route("public"),
    "healthz": Route("public"),
    "terms": Route("public", args=lambda world: ["terms_of_use"]),
    "apply": Route("public", "public", args=lambda world: ["msp"]),
    "apply-sent": Route("public"),
    "application-confirm": Route("link", "link", args=lambda world: ["not-a-token"]),
    "invitation": Route("link", "link", args=lambda world: ["not-a-token"]),
    "administrator-join": Route("link", "link", args=lambda world: ["not-a-token"]),
    "consent": Route("link", "link", args=lambda world: ["not-a-token"]),
    "delink": Route("link", "link", args=lambda world: ["not-a-token"]),
    "receipt": Route("link", "link", args=lambda world: ["not-a-token"]),
    "management-end": Route("link", "link", args=lambda world: ["not-a-token"]),
    "email-stop": Route("link", "link", args=lambda world: ["not-a-token"]),
    "enroll": Route("link", "link", args=lambda world: ["not-a-code"]),
    "agent-enroll": Route(None, "agent:enroll"),
    "agent-checkin": Route(None, "agent"),
    "agent-report": Route(None, "agent"),
    "agent-schema": Route("public"),
    "no-api": Route("missing", args=lambda world: ["v1/customers/"]),
    "not-found": Route("missing", args=lambda world: ["nowhere/"]),
    # for whoever is signed in
    "session-end": Route(None, "nobody's", args=lambda world: [0]),
    "preferences": Route("person", "person"),
    "ticket-list": Route("person"),
    "ticket-export": Route("person"),
    "ticket-new": Route("person", "person"),
    "ticket": Route("alice's", args=support.own_ticket),
    "ticket-reply": Route(None, "alice's", args=support.own_ticket),
    "ticket-close": Route(None, "alice's", args=support.own_ticket),
    "ticket-file": Route("alice's", args=support.own_file),
    "deletion-withdraw": Route(None, "alice's", args=support.to_delete),
    "my-rights": Route("person"),
    "switcher": Route("person"),
    "email-settings": Route("person", "person"),
    "launch": Route(None, "launch", args=lambda world: ["msp", world.aurora.pk]),
    # for the one whose it is
    "application": Route("alice's", args=lambda world: [world.alice.applications.get().pk]),
    "export": Route("alice's", args=lambda world: [world.alice.exports.get().pk]),
    "export-file": Route("alice's", args=lambda world: [world.alice.exports.get().pk]),
    # administrators, in each portal
    "administrators": Route("msp:manage_people"),
    "administrators-export": Route("msp:manage_people"),
    "administrator-invite": Route("msp:manage_people", "msp:manage_people"),
    "administrator": Route("people", "people", args=person),
    "administrator-act": Route(None, "people", args=to_send(person)),
    "roles": Route("msp:manage_roles"),
    "role-add": Route("msp:manage_roles", "msp:manage_roles"),
    "role": Route("role", "role", args=role),
    "role-delete": Route(None, "role", args=role),
    "customer-why": Route("customer", args=lambda world: [world.first.kcs_id]),
    "reseller-administrators": Route("member:reseller"),
    "reseller-administrators-export": Route("member:reseller"),
    "reseller-administrator-invite": Route("member:reseller", "member:reseller"),
    "reseller-administrator": Route("reseller:people", "reseller:people", args=own_person("reseller")),
    "reseller-administrator-act": Route(None, "reseller:people", args=to_send(own_person("reseller"))),
    "license-reseller-administrators": Route("member:license_reseller"),
    "license-reseller-administrators-export": Route("member:license_reseller"),
    "license-reseller-administrator-invite": Route("member:license_reseller", "member:license_reseller"),
    "license-reseller-administrator": Route(
        "member:license_reseller", "member:license_reseller", args=own_person("license_reseller")
    ),
    "license-reseller-administrator-act": Route(
        None, "member:license_reseller", args=to_send(own_person("license_reseller"))
    ),
    "company-administrators": Route("member:customer"),
    "company-administrators-export": Route("member:customer"),
    "company-administrator-invite": Route("member:customer", "member:customer"),
    "company-administrator": Route("member:customer", "member:customer", args=own_person("customer")),
    "company-administrator-act": Route(None, "member:customer", args=to_send(own_person("customer"))),
    # the MSP Portal
    "msp-dashboard": Route("msp:view_msp"),
    "msp-dashboard-recount": Route(None, "msp:view_msp"),
    "msp-bell": Route(None, "msp:view_msp"),
    "alert-export": Route("msp:view_msp"),
    "alert": Route("alert", args=lambda world: [alert(world.first)]),
    "alert-act": Route(None, "alert:change", args=lambda world: [alert(world.first), "acknowledge"]),
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
    "delink-approve": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "delink-reject": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "deletion-ask": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-receipt": Route("customer:receipt", args=lambda world: [world.first.kcs_id]),
    "customer": Route("customer", args=lambda world: [world.first.kcs_id]),
    "customer-edit": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-services": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-devices": Route("customer", args=lambda world: [world.first.kcs_id]),
    "customer-devices-export": Route("customer", args=lambda world: [world.first.kcs_id]),
    "customer-devices-tags": Route(
        "customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id], query="?all=1"
    ),
    "customer-devices-delete": Route(
        "customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id], query="?all=1"
    ),
    "customer-bulk-act": Route(
        "customer:device", args=lambda world: [world.first.kcs_id, bulk_act(world.first, world.alice)]
    ),
    "customer-device": Route("customer:device", args=lambda world: [world.first.kcs_id, device(world.first)]),
    "customer-device-agent": Route(
        None, "customer:change_console", args=lambda world: [world.first.kcs_id, device(world.first)]
    ),
    "all-devices": Route("msp:view_msp"),
    "all-devices-export": Route("msp:view_msp"),
    "upload-list": Route("customer", args=lambda world: [world.first.kcs_id]),
    "upload-export": Route("customer", args=lambda world: [world.first.kcs_id]),
    "upload-new": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "upload": Route("customer:upload", args=lambda world: [world.first.kcs_id, upload(world.first)]),
    "upload-lines": Route(
        "customer:upload",
        args=lambda world: [world.first.kcs_id, upload(world.first)],
        query="?problem=imei_digit",
    ),
    "upload-report": Route("customer:upload", args=lambda world: [world.first.kcs_id, upload(world.first)]),
    "upload-fix": Route(None, "customer:decide", args=lambda world: [world.first.kcs_id, upload(world.first)]),
    "upload-apply": Route(None, "customer:decide", args=lambda world: [world.first.kcs_id, upload(world.first)]),
    "upload-cancel": Route(None, "customer:decide", args=lambda world: [world.first.kcs_id, upload(world.first)]),
    "customer-resellers": Route("customer", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "customer-reseller": Route(
        None, "customer:approve", args=lambda world: [world.first.kcs_id, relation(world.first)]
    ),
    "approval-queue": Route("msp:view_msp"),
    "customer-approvals": Route("customer", args=lambda world: [world.first.kcs_id]),
    "approval": Route(
        "customer:approval", "customer:approve", args=lambda world: [world.first.kcs_id, approval(world.first)]
    ),
    "customer-licenses": Route("customer", args=lambda world: [world.first.kcs_id]),
    "customer-license-export": Route("customer", args=lambda world: [world.first.kcs_id]),
    "license-enter": Route("customer:manage", "customer:manage", args=lambda world: [world.first.kcs_id]),
    "trial-start": Route(None, "customer:manage", args=lambda world: [world.first.kcs_id]),
    "license": Route("customer:license", args=license),
    "license-key": Route(None, "customer:change_license", args=license),
    "license-rename": Route("customer:change_license", "customer:change_license", args=license),
    "license-extend": Route("customer:change_license", "customer:change_license", args=license),
    "license-seats": Route("customer:change_license", "customer:change_license", args=license),
    "license-reduce": Route("customer:change_license", "customer:change_license", args=license),
    "license-replace": Route("customer:change_license", "customer:change_license", args=license),
    "license-remove": Route("customer:change_license", "customer:change_license", args=license),
    "license-devices": Route("customer:license", args=license),
    "license-assign": Route("customer:change_license", "customer:change_license", args=license),
    "license-release": Route(None, "customer:change_license", args=license),
    "license-list": Route("msp:view_msp"),
    "license-export": Route("msp:view_msp"),
    "activity": Route("msp:view_msp"),
    "activity-export": Route("msp:view_msp"),
    "reseller-activity": Route("member:reseller"),
    "reseller-activity-export": Route("member:reseller"),
    "license-reseller-activity": Route("member:license_reseller"),
    "license-reseller-activity-export": Route("member:license_reseller"),
    "admin-portal-activity": Route("member:customer"),
    "admin-portal-activity-export": Route("member:customer"),
    "samsung-activity": Route("samsung"),
    "samsung-activity-export": Route("samsung"),
    "order-list": Route("msp:view_msp"),
    "order-export": Route("msp:view_msp"),
    "order-new": Route("msp:add_customers", "msp:add_customers"),
    "order": Route("order", args=order),
    "order-accept": Route(None, "order:change", args=order),
    "order-withdraw": Route(None, "order:change", args=order),
    "order-key": Route(None, "order:change", args=order),
    "customer-console": Route("customer:console", args=console),
    "customer-console-act": Route(
        "customer:change_console",
        "customer:change_console",
        args=lambda world: [*console(world), "push"],
        query="?all=1",
    ),
    "customer-console-history": Route("customer:console", args=console),
    "customer-console-code": Route("customer:change_console", "customer:change_console", args=console),
    "customer-claims": Route("customer:console", args=care),
    "customer-claims-export": Route("customer:console", args=care),
    "customer-claim-new": Route("customer:change_console", "customer:change_console", args=care),
    "customer-claim": Route("customer:console", "customer:change_console", args=claim),
    "customer-swap": Route("customer:change_console", "customer:change_console", args=covered),
    "customer-things": Route("customer:thing", args=lambda world: [world.first.kcs_id, *PROFILES]),
    "customer-thing-add": Route(
        "customer:change_thing", "customer:change_thing", args=lambda world: [world.first.kcs_id, *PROFILES]
    ),
    "customer-thing": Route("customer:thing", args=thing),
    "customer-thing-edit": Route("customer:change_thing", "customer:change_thing", args=thing),
    "customer-thing-delete": Route("customer:change_thing", "customer:change_thing", args=kept),
    "customer-thing-end": Route("customer:change_thing", "customer:change_thing", args=campaign),
    "customer-thing-copyable": Route(None, "customer:change_thing", args=thing),
    "customer-thing-copy": Route("customer:change_thing", "customer:change_thing", args=thing),
    "admin-portal-things": Route("member:customer", args=lambda world: [*PROFILES]),
    "admin-portal-thing-add": Route("member:customer", "member:customer", args=lambda world: [*PROFILES]),
    "admin-portal-thing": Route("own:thing", args=own_thing),
    "admin-portal-thing-edit": Route("own:thing", "own:thing", args=own_thing),
    "admin-portal-thing-delete": Route("own:thing", "own:thing", args=own_thing),
    "admin-portal-thing-end": Route("own:thing", "own:thing", args=own_campaign),
    # the other portals
    "reseller-home": Route("member:reseller"),
    "reseller-customers": Route("member:reseller"),
    "reseller-customers-export": Route("member:reseller"),
    "reseller-customer-add": Route("member:reseller", "member:reseller"),
    "reseller-upload-new": Route("member:reseller", "member:reseller"),
    "reseller-upload-bulk": Route("member:reseller", "member:reseller"),
    "reseller-upload-template": Route("member:reseller"),
    "reseller-uploads": Route("member:reseller"),
    "reseller-uploads-export": Route("member:reseller"),
    "reseller-upload": Route("reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-upload-lines": Route(
        "reseller:upload", args=lambda world: [sent(world.reseller)], query="?problem=model"
    ),
    "reseller-upload-fix": Route(None, "reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-upload-apply": Route(None, "reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-upload-cancel": Route(None, "reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-upload-report": Route("reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-upload-delete": Route("reseller:upload", "reseller:upload", args=lambda world: [sent(world.reseller)]),
    "reseller-devices": Route("member:reseller"),
    "reseller-devices-export": Route("member:reseller"),
    "reseller-devices-delete": Route(None, "member:reseller"),
    "reseller-devices-delete-list": Route("member:reseller", "member:reseller"),
    "license-reseller-home": Route("member:license_reseller"),
    "license-reseller-orders": Route("member:license_reseller"),
    "license-reseller-orders-export": Route("member:license_reseller"),
    "license-reseller-order": Route("member:license_reseller", args=accepted),
    "license-reseller-quote": Route(None, "member:license_reseller", args=accepted),
    "license-reseller-reject": Route(None, "member:license_reseller", args=accepted),
    "license-reseller-deliver": Route(None, "member:license_reseller", args=accepted),
    "license-reseller-listing": Route("member:license_reseller", "member:license_reseller", args=listing),
    "license-reseller-keys": Route("member:license_reseller"),
    "license-reseller-keys-export": Route("member:license_reseller"),
    "license-reseller-issue": Route("member:license_reseller", "member:license_reseller"),
    "license-reseller-key": Route("member:license_reseller", args=key),
    "admin-portal-home": Route("member:customer"),
    "admin-portal-end": Route(None, "member:customer"),
    "admin-portal-ask-end": Route(None, "member:customer"),
    "deployment-app": Route("member:customer", "member:customer"),
    "admin-portal-devices": Route("member:customer"),
    "admin-portal-devices-export": Route("member:customer"),
    "admin-portal-devices-tags": Route("member:customer", "member:customer", query="?all=1"),
    "admin-portal-devices-delete": Route("member:customer", "member:customer", query="?all=1"),
    "admin-portal-bulk-act": Route("own:device", args=lambda world: [bulk_act(world.contoso, world.carl)]),
    "admin-portal-device": Route("own:device", args=lambda world: [device(world.contoso)]),
    "admin-portal-device-agent": Route(None, "own:device", args=lambda world: [device(world.contoso)]),
    "admin-portal-resellers": Route("member:customer", "member:customer"),
    "admin-portal-reseller": Route(None, "own:approval", args=lambda world: [relation(world.contoso)]),
    "admin-portal-approvals": Route("member:customer"),
    "admin-portal-approval": Route("own:approval", "own:approval", args=lambda world: [approval(world.contoso)]),
    "admin-portal-console": Route("member:customer", args=own_console),
    "admin-portal-console-act": Route(
        "member:customer", "member:customer", args=lambda world: [*own_console(world), "push"], query="?all=1"
    ),
    "admin-portal-console-history": Route("member:customer", args=own_console),
    "admin-portal-console-code": Route("member:customer", "member:customer", args=own_console),
    "admin-portal-claims": Route("member:customer", args=own_care),
    "admin-portal-claims-export": Route("member:customer", args=own_care),
    "admin-portal-claim-new": Route("member:customer", "member:customer", args=own_care),
    "admin-portal-claim": Route("member:customer", "member:customer", args=own_claim),
    "admin-portal-swap": Route("member:customer", "member:customer", args=own_covered),
    "model-list": Route("samsung"),
    "model-add": Route("samsung", "samsung"),
    "model-import": Route("samsung", "samsung"),
    "model-export": Route("samsung"),
    "model-edit": Route("samsung", "samsung", args=lambda world: [DeviceModel.objects.earliest("pk").pk]),
    "company-licenses": Route("member:customer"),
    "company-licenses-export": Route("member:customer"),
    "company-license-enter": Route("member:customer", "member:customer"),
    "company-trial": Route(None, "member:customer"),
    "company-license": Route("member:customer", args=company_license),
    "company-license-key": Route(None, "member:customer", args=company_license),
    "company-license-rename": Route("member:customer", "member:customer", args=company_license),
    "company-license-extend": Route("member:customer", "member:customer", args=company_license),
    "company-license-seats": Route("member:customer", "member:customer", args=company_license),
    "company-license-reduce": Route("member:customer", "member:customer", args=company_license),
    "company-license-replace": Route("member:customer", "member:customer", args=company_license),
    "company-license-remove": Route("member:customer", "member:customer", args=company_license),
    "company-license-devices": Route("member:customer", args=company_license),
    "company-license-assign": Route("member:customer", "member:customer", args=company_license),
    "company-license-release": Route(None, "member:customer", args=company_license),
    "samsung-dashboard": Route("samsung"),
    "samsung-applications": Route("samsung"),
    "samsung-application": Route("samsung", args=lambda world: [world.waiting.pk]),
    "samsung-approve": Route(None, "samsung", args=lambda world: [world.waiting.pk]),
    "samsung-reject": Route(None, "samsung", args=lambda world: [world.waiting.pk]),
    "samsung-tickets": Route("samsung"),
    "samsung-tickets-export": Route("samsung"),
    "samsung-ticket": Route("samsung", args=support.to_delete),
    "samsung-ticket-answer": Route(None, "samsung", args=support.own_ticket),
    "samsung-ticket-assign": Route(None, "samsung", args=support.own_ticket),
    "samsung-ticket-close": Route(None, "samsung", args=support.own_ticket),
    "samsung-ticket-file": Route("samsung", args=support.own_file),
    "samsung-deletion-start": Route(None, "samsung", args=support.to_delete),
    "samsung-deletion-approve": Route(None, "samsung", args=support.to_delete),
    "samsung-deletion-reject": Route(None, "samsung", args=support.to_delete),
    "samsung-deletion-undo": Route(None, "samsung", args=support.to_delete),
    "samsung-carry-out": Route(None, "samsung", args=support.to_carry_out),
    "samsung-msps": Route("samsung"),
    "samsung-msp": Route("samsung", args=lambda world: [world.aurora.public_id]),
    "samsung-msp-suspend": Route(None, "samsung", args=lambda world: [world.aurora.public_id]),
    "samsung-msp-resume": Route(None, "samsung", args=lambda world: [world.aurora.public_id]),
    "samsung-products": Route("samsung"),
    "samsung-keys": Route("samsung"),
    "samsung-key": Route("samsung", "samsung", args=key),
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
