"""Buttons that act without a form of fields: who presses, and what must be there before (tests/bad_input has forms)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import mail_choices
from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from audit.models import Side
from devices import resellers
from devices.models import Device
from onboarding import customers, endings, requests, wishes
from tenants import invitations, memberships, msps, roles
from tenants.models import Access, Customer, KnoxService, Management
from tests.architecture import route_args
from tests.architecture.routes import ROUTES
from tests.devices.sending import added, checked, imeis, waiting
from tests.licensing import ground
from tests.mail.letters import newest_token
from tests.services import giving, phones
from tests.services.typed import TYPED
from tests.support import ground as support
from tests.world import CUSTOMER_FIELDS, World, application, customer

ADDRESS = "192.0.2.8"

type Given = Callable[[World], list[object] | None]


@dataclass(frozen=True)
class Press:
    """`given` makes what is needed, and says the arguments of the address where they are not those of the route."""

    person: str | None
    data: dict[str, Any] = field(default_factory=dict)
    given: Given | None = None
    query: str = ""

    def send(self, name: str, world: World, client: Client) -> Any:
        args = self.given(world) if self.given else None
        if args is None:
            args = _args(name, world, getattr(world, self.person or "alice"))
        if self.person:
            sign_in(client, getattr(world, self.person))
        typed = {key: value(world) if callable(value) else value for key, value in self.data.items()}
        query = self.query or (ROUTES[name].query if name in ROUTES else "")
        return client.post(reverse(name, args=args) + query, typed)


def sign_in(client: Client, person: User) -> None:
    """As one who has just typed the password."""
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()


def _args(name: str, world: World, person: User) -> list[object]:
    with acting_as(person if name.startswith(("admin-portal", "company")) else world.alice):
        return ROUTES[name].args(world) if name in ROUTES else []


def _asked(world: World) -> None:
    """Aurora asked Contoso."""
    with acting_as(world.alice):
        vars(world)["asked"] = requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )


def _delinking(world: World) -> None:
    """Aurora wants to let its first customer go."""
    with acting_as(world.alice):
        endings.ask(Management.objects.get(customer=world.first), by=world.alice)


def _invited_contact(world: World) -> list[object]:
    """A customer with Full access of whose people none has joined."""
    return [customer(world.aurora, world.alice, "Kestrel", access="full").kcs_id]


def _ended_invitation(world: World) -> list[object]:
    """The link of a contact person who was in no hurry, in a company that nobody manages."""
    with time_machine.travel(timezone.now() - timedelta(days=8)), acting_as(world.sam), as_operator():
        fields = CUSTOMER_FIELDS | {"name": "Fabrikam", "contact_email": "karin@fabrikam.example"}
        customers.register(by=world.sam, services=[KnoxService.CONFIGURE], **fields)
    return [newest_token("join", "karin@fabrikam.example")]


def _delink_link(world: World) -> list[object]:
    _delinking(world)
    return [newest_token("delink", world.first.contact_email)]


def _to_apply(world: World) -> list[object]:
    upload = checked(world.alice, imeis(1), customer=world.first)
    return [world.first.kcs_id, upload.pk]


def _reseller_to_apply(world: World) -> list[object]:
    sent_by = {"role": as_reseller, "reseller": world.reseller, "target": world.first}
    with acting_as(world.rita):
        resellers.add_customer(world.reseller, world.first.kcs_id, by=world.rita)
    return [checked(world.rita, imeis(1), **sent_by).pk]


def _accepted(world: World) -> list[object]:
    with acting_as(world.alice):
        return route_args.accepted(world)


def _delivered(world: World) -> list[object]:
    """An order of Aurora whose key was issued."""
    pk = _accepted(world)
    client = Client()
    sign_in(client, world.lena)
    assert client.post(reverse("license-reseller-deliver", args=pk)).status_code in (200, 302)
    return pk


def _quoted(world: World) -> list[object]:
    with acting_as(world.alice):
        (pk,) = route_args.order(world)
    client = Client()
    sign_in(client, world.lena)
    quote = {"price": "1250.00", "currency": "EUR", "tax": "without"}
    assert client.post(reverse("license-reseller-quote", args=[pk]), quote).status_code == 302
    return [pk]


def _key_of(world: World) -> list[object]:
    return [world.first.kcs_id, ground.entered(world).pk]


def _seatless(world: World) -> list[object]:
    """A license, and a device without a seat."""
    ground.devices(world.first, 1)
    return [world.first.kcs_id, ground.entered(world).pk]


def _seated(world: World) -> list[object]:
    args = _seatless(world)
    client = Client()
    sign_in(client, world.alice)
    assert client.post(reverse("license-assign", args=args), {"all": "1"}).status_code == 302
    return args


def _second_key(world: World) -> list[object]:
    license = ground.entered(world, code="kc-dynamic-per-seat")
    vars(world)["key_code"] = ground.sold(world, code="kc-dynamic-per-seat")
    return [world.first.kcs_id, license.pk]


def _company_device(world: World) -> None:
    added(world.carl, imeis(1), customer=world.contoso)


def _with_agent(world: World) -> list[object]:
    device, _ = phones.configured(world)
    return [world.first.kcs_id, device.pk]


def _profile(world: World) -> list[object]:
    with acting_as(world.alice):
        return route_args.thing(world)


def _role(organization: str, name: str = "Admin") -> Callable[[World], str]:
    def pk(world: World) -> str:
        with as_operator():
            return str(getattr(world, organization).roles.get(name=name).pk)

    return pk


def _invited(organization: str) -> dict[str, Any]:
    typed = {"first_name": "Pia", "last_name": "Vogel", "email": "pia@people.example", "scope": "all"}
    return typed | {"role": _role(organization)}


def _invitation(world: World) -> list[object]:
    who = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}
    with acting_as(world.alice):
        invitations.invite(world.aurora, role=world.aurora.roles.get(name="Viewer"), by=world.alice, **who)
    return [newest_token("invitations", "pia@aurora.example")]


def _to_block(world: World) -> list[object]:
    with acting_as(world.alice):
        return [*route_args.person(world), "block"]


def _own_role(world: World) -> list[object]:
    with acting_as(world.alice):
        added = roles.add(world.aurora, name="Night shift", description="", chosen=["view_customer"], by=world.alice)
    return [added.pk]


def _kolibri(world: World) -> Customer:
    """A customer with Full access, whose own administrator is Nora."""
    kolibri = customer(world.aurora, world.alice, "Kolibri", access="full")
    with as_operator():
        memberships.join(world.nora, kolibri.roles.super_admin(), by=world.nora, side=Side.CUSTOMER)
    return kolibri


def _joint(world: World) -> list[object]:
    _kolibri(world)
    return []


def _wish(world: World) -> list[object]:
    """Its own people ask Aurora to let Kolibri go."""
    kolibri = _kolibri(world)
    with as_operator():
        wishes.ask(kolibri.managements.get(), by=world.nora)
    return [kolibri.kcs_id]


def _on_the_list(world: World) -> list[object]:
    with acting_as(world.rita):
        resellers.add_customer(world.reseller, world.first.kcs_id, by=world.rita)
    return []


def _suspended(world: World) -> None:
    with acting_as(world.sam), as_operator():
        msps.suspend(world.aurora, reason="The bill was not paid.", by=world.sam)


def _planned(world: World) -> list[object]:
    return [support.planned(world).ticket_id]


def _relation(world: World) -> None:
    waiting(world, imeis(1), customer=world.first)


def _own_relation(world: World) -> None:
    waiting(world, imeis(1), customer=world.contoso)


def _registered(world: World) -> list[object]:
    """A reseller of the customer, and a profile that its devices may get."""
    vars(world)["preferred"] = str(giving.profile(world, world.first).pk)
    return [world.first.kcs_id, giving.registered(world, world.first).pk]


def _preferred(world: World) -> str:
    return str(vars(world)["preferred"])


def _own_registered(world: World) -> list[object]:
    vars(world)["preferred"] = str(giving.profile(world, world.contoso).pk)
    return [giving.registered(world, world.contoso).pk]


def _device(world: World) -> str:
    with as_operator():
        return str(Device.objects.filter(customer=world.first).latest("pk").pk)


def _waiting_application(world: World) -> list[object]:
    return [application(world.nora).pk]


def _another_session(world: World) -> list[object]:
    """Alice in another browser."""
    other = Client()
    other.force_login(world.alice)
    key = other.session.session_key
    return [UserSession.objects.create(user=world.alice, session_key=key, ip=ADDRESS, user_agent="Firefox").pk]


PRESSES: dict[str, Press] = {
    "launch": Press("alice"),
    "session-end": Press("alice", given=_another_session),
    "email-stop": Press(None, given=lambda world: [mail_choices.stop_token(world.alice, "digest")]),
    "customer-console-code": Press("alice"),
    "admin-portal-console-code": Press("carl"),
    "request-again": Press("alice", given=_asked),
    "request-withdraw": Press("alice", given=_asked),
    "customer-delink": Press("alice", {"typed": lambda world: world.first.kcs_id}),
    "contact-invite": Press("alice", given=_invited_contact),
    "invitation-renew": Press(None, given=_ended_invitation),
    "delink-again": Press("alice", given=_delinking),
    "delink-take-back": Press("alice", given=_delinking),
    "delink": Press(None, {"answer": "approve"}, given=_delink_link),
    "upload-apply": Press("alice", {"how": "good"}, given=_to_apply),
    "upload-cancel": Press("alice", given=_to_apply),
    "reseller-upload-apply": Press("rita", {"how": "good"}, given=_reseller_to_apply),
    "reseller-upload-cancel": Press("rita", given=_reseller_to_apply),
    "order-accept": Press("alice", {"quote": "EUR 1250.00 without"}, given=_quoted),
    "order-withdraw": Press("alice"),
    "license-reseller-deliver": Press("lena", given=_accepted),
    "order-key": Press("alice", given=_delivered),
    "trial-start": Press("alice", given=lambda world: [world.first.kcs_id]),
    "admin-portal-trial": Press("carl", given=lambda world: []),
    "license-key": Press("alice", given=_key_of),
    "license-seats": Press("alice", {"key": lambda world: vars(world)["key_code"]}, given=_second_key),
    "license-assign": Press("alice", {"all": "1"}, given=_seatless),
    "license-release": Press("alice", {"device": _device}, given=_seated),
    "admin-portal-license-rename": Press("carl", {"name": "Phones"}),
    "customer-device-agent": Press("alice", given=_with_agent),
    "admin-portal-devices-tags": Press("carl", {"tags": "red", "do": "add"}, given=_company_device),
    "admin-portal-devices-delete": Press("carl", {"typed": "1"}, given=_company_device),
    "customer-reseller": Press(
        "alice",
        {"act": "remove"},
        given=lambda world: _relation(world) or [world.first.kcs_id, route_args.relation(world.first)],
    ),
    "admin-portal-reseller": Press("carl", {"act": "remove"}, given=_own_relation),
    "customer-reseller-preferences": Press("alice", {"profile": _preferred}, given=_registered),
    "admin-portal-reseller-preferences": Press("carl", {"profile": _preferred}, given=_own_registered),
    "admin-portal-approval": Press("carl", given=_own_relation, query="?act=approve"),
    "customer-thing-copyable": Press("alice", {"copyable": "1"}),
    "customer-thing-delete": Press("alice", given=_profile),
    "customer-thing-end": Press("alice"),
    "admin-portal-thing-delete": Press("carl"),
    "deployment-app": Press("carl", {"act": "make"}),
    "samsung-approve": Press("sam", given=_waiting_application),
    "samsung-msp-suspend": Press("sam", {"reason": "The bill was not paid."}),
    "administrator-invite": Press(
        "alice",
        _invited("aurora"),
    ),
    "role-add": Press("alice", {"name": "Night shift", "rights": ["view_customer"]}),
    "reseller-administrator-invite": Press("rita", _invited("reseller")),
    "license-reseller-administrator-invite": Press("lena", _invited("license_reseller")),
    "company-administrator-invite": Press("carl", _invited("contoso")),
    "administrator": Press("alice", {"scope": "all", "role": _role("aurora", "Technician")}),
    "administrator-act": Press("alice", given=_to_block),
    "administrator-join": Press(None, {"password": "a long secret"}, given=_invitation),
    "role": Press("alice", {"name": "Day shift", "rights": ["view_customer"]}, given=_own_role),
    "role-delete": Press("alice", given=_own_role),
    "admin-portal-end": Press("nora", {"answer": "end"}, given=_joint),
    "admin-portal-ask-end": Press("nora", {"answer": "ask"}, given=_joint),
    "delink-approve": Press("alice", given=_wish),
    "customer-thing-edit": Press("alice", TYPED["KC", "profile"] | {"name": "Second", "seen": "1"}),
    "reseller-upload-new": Press(
        "rita", {"lines": "352143000000018", "target": lambda world: world.first.kcs_id}, given=_on_the_list
    ),
    "model-edit": Press("sam", {"code": "SM-S999B", "name": "Galaxy S99", "region": "europe", "tacs": "99000001"}),
    "samsung-msp-resume": Press("sam", given=_suspended),
    "samsung-msp-open-guard": Press("sam"),
    "ticket-close": Press("alice"),
    "deletion-withdraw": Press("alice"),
    "samsung-ticket-close": Press("sam"),
    "samsung-deletion-start": Press("sam"),
    "samsung-deletion-undo": Press("sam", given=_planned),
    "account_logout": Press("alice"),
}
