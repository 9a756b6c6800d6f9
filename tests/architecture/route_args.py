"""What the addresses of the portal are about: the arguments of each, in the world of the tests."""

from collections.abc import Callable
from decimal import Decimal

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from alerts.models import Alert
from devices.models import Approval, BulkAct, Device, ResellerCustomer, Upload
from licensing import keys, orders, trials
from licensing.models import Key, License, Listing, Order, Product
from services import modules, things
from services.models import Enrollment, Thing
from tenants.models import Customer, CustomerService, KnoxService, Membership, Reseller
from tests.alerts import alarm
from tests.services import covering
from tests.services.typed import cleaned
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
            quoted = orders.quote(sent, price=Decimal(100), currency="EUR", tax="without", by=world.lena).quoted
        orders.accept(sent, quote=quoted, by=world.alice)
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
