"""Forms of consoles: claims, things, copies of them, and actions on devices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from devices.models import Device, ResellerCustomer
from services import copies
from services.console import Console, Kind
from services.fields import naming
from services.modules import CONSOLES
from services.pages.act_forms import form_class as form_for_action
from services.pages.claim_forms import ClaimForm, ResultForm, SwapForm
from services.pages.reseller_forms import PreferencesForm
from services.pages.thing_forms import TargetsForm, form_class
from tenants.models import Customer, KnoxService
from tests.bad_input.pages.page import Page
from tests.services import covering, giving
from tests.services.ground import ground
from tests.services.making import have, made_of
from tests.services.typed import TYPED
from tests.world import World

_CARE = covering.CARE.slug


def _cared(world: World) -> Customer:
    """The customer, with a device under a plan that nobody claimed for: the same one while it is there."""
    with as_operator():
        is_there = Device.objects.filter(imei=vars(world).get("covered")).exists()
    if not is_there:
        vars(world)["covered"] = str(covering.covered(world)[0])
    return world.first


OPEN_CLAIM = Page(
    "open claim",
    ClaimForm,
    lambda world: reverse("customer-claim-new", args=[_cared(world).kcs_id, _CARE]),
    {"reference": "SC-4711", "reason": "The glass broke."},
    "alice",
    fresh={"device": lambda world: vars(world)["covered"]},
)
COMPLETE_CLAIM = Page(
    "complete claim",
    ResultForm,
    lambda world: reverse("customer-claim", args=[world.first.kcs_id, _CARE, covering.claim(world).pk]),
    {"result": "Repaired"},
    "alice",
)
SWAP = Page(
    "swap device",
    SwapForm,
    lambda world: reverse("customer-swap", args=[world.first.kcs_id, _CARE, covering.claim(world).device_id]),
    {"device": "352143000000705", "model": "SM-S921B", "confirm": "1"},
    "alice",
)


def _preferences_url(world: World) -> str:
    """Of a reseller that has a default: an empty sending takes it away."""
    relation = ResellerCustomer.objects.filter(customer=world.first, state="active").first()
    relation = relation or giving.registered(world, world.first)
    giving.prefer(world, relation, giving.profile(world, world.first, "Before"))
    vars(world)["preferred"] = str(giving.profile(world, world.first).pk)
    return reverse("customer-reseller-preferences", args=[world.first.kcs_id, relation.pk])


PREFERENCES = Page(
    "preferences of reseller",
    PreferencesForm,
    _preferences_url,
    {},
    "alice",
    optional=True,
    fresh={"profile": lambda world: vars(world)["preferred"]},
)


def _thing_page(console: Console, kind: Kind) -> Page:
    """Adding a thing of one kind. By construction over all services, so that a new one is typed into as well."""
    ones, lists = naming(kind.form)
    several = [_kind(console, kind.form.base_fields[name].of_kind) for name in lists]  # type: ignore[attr-defined]

    def url(world: World) -> str:
        have(world.first, console)
        for other in several:
            made_of(world, console, other, name="One of several")
        for name, code in ones.items():
            vars(world)[f"named_{name}"] = str(made_of(world, console, _kind(console, code), name="Named").pk)
        return reverse("customer-thing-add", args=[world.first.kcs_id, console.slug, kind.code])

    def named(name: str) -> Callable[[World], str]:
        return lambda world: vars(world)[f"named_{name}"]

    typed_well = TYPED[console.service, kind.code] | {"name": "Store phones"}
    fresh = {name: named(name) for name in ones}
    name = f"add {kind.label.lower()} of {console.name}"
    return Page(name, form_class(kind), url, typed_well, "alice", {"seen"}, fresh=fresh)


def _kind(console: Console, code: str) -> Kind:
    kind = console.kind(code)
    assert kind
    return kind


def _copy_url(world: World) -> str:
    """Of a profile that may be copied to another customer."""
    console = CONSOLES[KnoxService.CONFIGURE]
    made = made_of(world, console, _kind(console, "profile"))
    have(world.second, console)
    with acting_as(world.alice):
        copies.make_copyable(made, by=world.alice)
    return reverse("customer-thing-copy", args=[world.first.kcs_id, console.slug, "profile", made.pk])


COPY = Page(
    "copy to customers", TargetsForm, _copy_url, {}, "alice", fresh={"customer": lambda world: [world.second.kcs_id]}
)


def _acts(world: World, service: str, action: str, state: str) -> str:
    """An action on one device that is in this state (empty: as it came in)."""
    if service == KnoxService.GUARD:
        payg = action == "pay"
        owner, _ = covering.guarded(world, **(covering.PAYG if payg else {}))
    else:
        owner = world.first
    at = ground(world, service, devices=1, customer=owner)
    if state:
        at.force(state)
    if action == "invite":
        manage = CONSOLES[KnoxService.MANAGE]
        vars(world)["invited"] = str(made_of(world, manage, _kind(manage, "user")).pk)
    vars(world)["acted"], vars(world)["acted_license"] = at.devices[0], at.license
    chosen = reverse("customer-console-act", args=[owner.kcs_id, at.console.slug, action])
    return f"{chosen}?device={at.devices[0].pk}"


def _act_page(
    service: str, action: str, state: str, typed_well: dict[str, Any], *, optional: bool = False, **fresh: Any
) -> Page:
    declared = CONSOLES[service].action(action)
    assert declared
    name = f"{declared.label.lower()} in {CONSOLES[service].name}"
    form = form_for_action(declared.form)
    own = {name for name in fresh if name == "typed" or (name == "license" and service == KnoxService.GUARD)}
    page = Page(name, form, lambda world: _acts(world, service, action, state), typed_well, "alice", fresh=fresh)
    return replace(page, also=own, optional=optional)


def _acted(world: World) -> str:
    return str(vars(world)["acted"])


def _seat(world: World) -> str:
    return str(vars(world)["acted_license"].pk)


def _user_of_manage(world: World) -> str:
    return str(vars(world)["invited"])


_TOMORROW = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
PAGES = [OPEN_CLAIM, COMPLETE_CLAIM, SWAP, COPY, PREFERENCES]
PAGES += [_thing_page(console, kind) for console in CONSOLES.values() for kind in console.kinds]
PAGES += [
    _act_page("SC+", "approve", "", {"eula_on": timezone.now().date().isoformat()}, optional=True),
    _act_page("KG", "accept", "", {"approval_id": "A-17"}, license=_seat),
    _act_page("KG", "reject", "", {"reason": "Not one of ours."}),
    _act_page("KG", "remind", "active", {"message": "Please pay."}),
    _act_page("KG", "lock", "active", {"message": "Please pay.", "phone": "+49 30 1234567"}, typed=_acted),
    _act_page("KG", "offline", "active", {"offline_days": "3"}, optional=True),
    _act_page("KG", "sim", "active", {"operators": "26201"}, optional=True),
    _act_page("KG", "pay", "locked", {"paid_until": _TOMORROW}),
    _act_page("KM", "invite", "", {}, user=_user_of_manage, license=_seat),
    _act_page("KME", "user", "provisioned", {"user_id": "u17"}, optional=True),
]
