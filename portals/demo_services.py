"""Services of the demo: licenses, things, and devices that answered, so that every console has something to look at.

The phones of the demo answer once here, as agents do; afterwards any other program may speak for them
(manage.py fleet, which `make run` starts).
"""

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.acting import acting_as, as_reseller
from accounts.models import User
from devices.inventory import Some
from devices.models import Device
from licensing import keys
from licensing.models import License, Listing, Product
from services import agents, answers, codes, copies, engine, things
from services.console import Console
from services.engine import Options
from services.models import Thing
from services.modules import of
from tenants.models import Customer, KnoxService

KC, KME, KE, KM, CARE, KG = KnoxService
_PROFILE = {
    "edition": "dynamic", "knox_version": "3.12", "allow_usb": False, "allow_camera": True, "wallpaper": "",
    "support_email": "help@aurora.example", "support_phone": "+4681234567", "company": "", "routines": "",
}  # fmt: skip
_CAMPAIGN: dict[str, Any] = {
    "description": "", "ends": None, "until": None, "install_from": "22:00", "install_to": "05:00", "weekend": True,
    "download": "any", "download_from": "", "download_to": "", "reminder": True,
}  # fmt: skip


def load(alice: User, lena: User, managed: list[Customer]) -> None:
    """Alice works in each of the six services; Lena's company sells what that needs."""
    named = {customer.name: customer for customer in managed}
    fjordline, lumen = Play(named["Fjordline Freight"], alice), Play(named["Lumen Retail Group"], alice)
    suite, care = fjordline.buys(lena, "suite", 40, "Office suite"), fjordline.buys(lena, "care-combo", 20, "Coverage")
    guard = lumen.buys(lena, "kg", 20, "Store tablets")
    _configure(fjordline)
    _enroll(fjordline)
    _update(fjordline, suite)
    _manage(fjordline, suite)
    _cover(fjordline, care)
    _guard(lumen, guard)
    _elsewhere(alice, named)


def load_own(contoso: Customer, lena: User) -> None:
    """What a company without an MSP does itself in the Knox Admin Portal: it covers phones, and plans an update."""
    own = Play(contoso, User.objects.get(email="carl@contoso.example"))
    _cover(own, own.buys(lena, "care-combo", 10, "Coverage"), "Office, two years")
    _campaign(own, "Winter update")


class Play:
    """What one person does in the services of one customer, and what the customer's phones answer."""

    def __init__(self, customer: Customer, by: User) -> None:
        self.customer, self.by = customer, by
        self.secrets: dict[int, str] = {}
        with acting_as(by):
            self.code = codes.of(customer, by=by)
            own = Device.objects.filter(customer=customer, state=Device.State.VERIFIED).order_by("pk")
            self.ids = list(own.values_list("pk", flat=True))

    def buys(self, lena: User, code: str, seats: int, name: str) -> License:
        with acting_as(lena), as_reseller():
            product, listing = Product.objects.get(code=code), Listing.objects.get()
            _, key = keys.issue(listing, product=product, seats=seats, months=12, by=lena)
        with acting_as(self.by):
            return keys.enter(self.customer, key, by=self.by, name=name)

    def adds(self, service: KnoxService, kind: str, name: str, **settings: Any) -> Thing:
        console = of(service)
        declared = console.kind(kind)
        assert declared  # noqa: S101  (the modules declare it)
        with acting_as(self.by):
            return things.add(self.customer, console, declared, name=name, settings=settings, by=self.by)

    def acts(self, service: KnoxService, code: str, ids: Sequence[int], **options: Any) -> None:
        """One action on these devices; `options` is what engine.Options takes."""
        console = of(service)
        action = console.action(code)
        assert action  # noqa: S101
        with acting_as(self.by):
            engine.act(Some(self.customer, list(ids)), console, action, options=Options(**options), by=self.by)

    def answers(self, ids: Sequence[int], state: str = "done", detail: str = "") -> None:
        """The phones fetch what they shall do and say how it went."""
        for secret in self._agents(ids):
            told = agents.check_in(secret).commands
            said = [{"id": one["id"], "state": state, "detail": detail} for one in told]
            answers.report(secret, answers=said)

    def says(self, service: KnoxService, ids: Sequence[int], *codes: str) -> None:
        """The phones report what happened to them."""
        at = timezone.now().isoformat()
        for secret in self._agents(ids):
            agents.check_in(secret)
            told = [{"id": str(uuid.uuid4()), "service": service.value, "code": code, "at": at} for code in codes]
            answers.report(secret, events=told)

    def lets_others_speak(self) -> None:
        with acting_as(self.by):
            for device in Device.objects.filter(customer=self.customer, pk__in=self.secrets).select_related("customer"):
                agents.allow_replacing(device, by=self.by)

    def _agents(self, ids: Sequence[int]) -> list[str]:
        with acting_as(self.by):
            devices = list(Device.objects.filter(customer=self.customer, pk__in=ids).order_by("pk"))
        for device in devices:
            if device.pk not in self.secrets:
                self.secrets[device.pk] = secrets.token_urlsafe(32)
                agents.enroll(self.code, identifier=device.identifier, secret=self.secrets[device.pk])
        return [self.secrets[device.pk] for device in devices]


def _configure(fjordline: Play) -> None:
    ids = fjordline.ids[:12]
    drivers = fjordline.adds(KC, "profile", "Driver phones", **_PROFILE | {"wallpaper": "Property of Fjordline"})
    fjordline.adds(KC, "profile", "Loading dock", **_PROFILE | {"edition": "setup", "allow_camera": False})
    with acting_as(fjordline.by):
        license = License.objects.get(customer=fjordline.customer, services="KC")
    fjordline.acts(KC, "assign", ids, thing=drivers, license=license)
    fjordline.answers(ids[:8])
    fjordline.answers(ids[8:10], "failed", "The device has no room for the profile.")
    fjordline.says(KC, ids[10:11], "started")
    fjordline.acts(KC, "lock", ids[:1])
    fjordline.answers(ids[:1])
    fjordline.says(KC, ids[1:2], "error")
    with acting_as(fjordline.by):
        copies.make_copyable(drivers, by=fjordline.by)


def _enroll(fjordline: Play) -> None:
    ids = fjordline.ids[12:20]
    intune = fjordline.adds(
        KME, "profile", "Intune for drivers", type="basic", mdm="intune", agent_address="", custom_json="",
        company="Fjordline Freight", system_apps=True,
    )  # fmt: skip
    fjordline.acts(KME, "assign", ids, thing=intune)
    fjordline.answers(ids[:5])
    fjordline.answers(ids[5:6], "failed", "The agent could not be loaded.")
    fjordline.says(KME, ids[6:7], "cancelled")


def _campaign(play: Play, name: str) -> Thing:
    return play.adds(
        KE, "campaign", name, **_CAMPAIGN, starts=timezone.now().date().isoformat(),
        firmware=[{"model": "SM-S921B", "sales_code": "EUX", "version": "latest"}],
    )  # fmt: skip


def _update(fjordline: Play, suite: License) -> None:
    ids = fjordline.ids[:14]
    autumn = _campaign(fjordline, "Autumn update")
    fjordline.acts(KE, "enroll", ids, license=suite)
    fjordline.answers(ids[:12])
    fjordline.acts(KE, "assign", ids[:12], thing=autumn)
    fjordline.answers(ids[:4])
    fjordline.says(KE, ids[4:6], "downloading")
    fjordline.says(KE, ids[6:7], "downloading", "downloaded", "installing")
    fjordline.says(KE, ids[7:8], "download_failed")
    fjordline.answers(ids[8:9], "failed", "The battery is below 30 %.")


def _manage(fjordline: Play, suite: License) -> None:
    ids = fjordline.ids[20:28]
    user = fjordline.adds(
        KM, "user", "Kari Nordmann", email="kari@fjordline.example", phone="+4755501234", department="Fleet"
    )
    office = fjordline.adds(
        KM, "profile", "Office", screen_lock="pin6", locks_after="5", allow_camera=True, allow_usb=False,
        allow_bluetooth=True, apps=["com.example.routes"],
    )  # fmt: skip
    drivers = fjordline.adds(KM, "group", "Drivers", profile=office.pk, members=[user.pk], note="")
    fjordline.acts(KM, "invite", ids, license=suite, params={"user": user.pk})
    fjordline.answers(ids[:6])
    fjordline.acts(KM, "assign", ids[:5], thing=drivers)
    fjordline.answers(ids[:3])
    fjordline.answers(ids[3:4], "failed", "The profile asks for a newer version of Android.")
    fjordline.says(KM, ids[2:3], "screen_lock_weak")


def _cover(play: Play, care: License, plan: str = "Drivers, two years") -> None:
    ids = play.ids[:10]
    combo = play.adds(
        CARE, "plan", plan, benefit="combo", months="24", eligible_days="60", claim_limit=10,
        country="", files_claims="By phone",
    )  # fmt: skip
    play.acts(CARE, "approve", ids, params={"eula_on": timezone.now().date()})
    play.acts(CARE, "assign", ids[:7], thing=combo, license=care)
    play.answers(ids[:5])
    play.answers(ids[5:6], "failed", "The serial number is not known to the insurer.")
    play.lets_others_speak()


def _guard(lumen: Play, guard: License) -> None:
    ids = lumen.ids[:8]
    lumen.acts(KG, "accept", ids, license=guard, params={"approval_id": ""})
    lumen.answers(ids[:5])
    message = {"message": "The rent is overdue. Call the shop.", "phone": "+390255501010"}
    lumen.acts(KG, "lock", ids[:1], params=message)
    lumen.answers(ids[:1])
    lumen.acts(KG, "remind", ids[1:2], params={"message": message["message"]})
    lumen.answers(ids[1:2])
    lumen.acts(KG, "reject", lumen.ids[8:10], params={"reason": "Not part of this contract."})
    lumen.lets_others_speak()


def _elsewhere(alice: User, named: dict[str, Customer]) -> None:
    """What other customers have, and where devices answer as soon as somebody acts on them."""
    console: Console = of(KC)
    profile = console.kind("profile")
    assert profile  # noqa: S101
    for name in ("Brightwater Care Homes", "Kestrel Field Services", "Meridian Security"):
        with acting_as(alice):
            codes.of(named[name], by=alice)
            things.add(named[name], console, profile, name="Standard", settings=_PROFILE, by=alice)
