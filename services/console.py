"""What a Knox service is made of, as data: states, actions, things, clocks. Each module of services/modules
declares one `Console`; engine, pages, agents and alerts read it and know no service by name (docs/adr/0022).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django import forms

from tenants.models import Customer, KnoxService, Msp

type Obstacle = Callable[[Msp | None], str]
"""Why a service is closed to an MSP now, as a sentence; empty where it is open, and for the customer's own people."""


@dataclass(frozen=True)
class State:
    """How a device stands in a service (knox.md 6)."""

    code: str
    label: str
    tone: str = "off"
    """What the label is drawn as ({% state %} of portals/templatetags/look.py): ok, wait, warn, bad, off."""
    attention: str = ""
    """What somebody should do about it; empty: nothing. Alerts count devices in such states."""


@dataclass(frozen=True)
class Also:
    """What a device may be besides its state, as it reported: "Active | Locked" (knox.md 6.6)."""

    fact: str
    label: str
    states: frozenset[str]
    attention: str = ""


@dataclass(frozen=True)
class Acts:
    """One use of an action: what its `check` and `then` look at."""

    customer: Customer
    devices: list[int]
    """Keys of the devices, locked."""
    thing: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)
    by: Any = None
    """The person."""


@dataclass(frozen=True)
class Action:
    """What a person does to devices in a service.

    `now` is the state at once, which the portal can give by itself; `done` and `failed` are those that the device
    reports. An action with `done` or `sends` sends a command. Without either it changes nothing but what it assigns.
    """

    code: str
    label: str
    says: str
    """One sentence: what happens to the devices. `{days}`: of the clock that ends the state which it gives."""
    states: frozenset[str]
    """From which it is possible; the first state of a console is that of devices without an enrollment."""
    now: str = ""
    done: str = ""
    failed: str = ""
    sends: bool = False
    danger: bool = False
    """Asks for the password again and for a typed confirmation."""
    form: type[forms.Form] | None = None
    """What else is asked for. Its cleaned data go to the device as the command's params, and to `facts` by `keeps`."""
    keeps: tuple[str, ...] = ()
    """Which of the form's fields stay in the enrollment's facts."""
    assigns: str = ""
    """Code of the kind of thing that is chosen and assigned."""
    brings: str = ""
    """Code of the kind of thing that the device gets along, where one is assigned: after a reset it has none of it."""
    clears: bool = False
    """Takes away the thing that is assigned."""
    seat: str = ""
    """`take`: needs a seat of a license of this service; `free`: gives it back."""
    leaves: bool = False
    """Tells the device that the service leaves it: deleting the device from the service does not take that back."""
    wipes: bool = False
    """Erases the device once it is done: its agent comes back with another secret."""
    unique: str = ""
    """Name of a form field whose value only one device of the customer may have (Approval ID)."""
    closed: Callable[[Customer], str] = field(default=lambda customer: "")
    """Why this customer never has the action (tenant type, country), as a sentence; empty where it has it."""
    check: Callable[["Acts"], str] = field(default=lambda acts: "")
    """Why it cannot be done to these devices with what is chosen; empty where it can. Asked before anything changes."""
    then: Callable[["Acts"], None] = field(default=lambda acts: None)
    """Writes facts that differ from device to device, once the state has changed."""

    @property
    def is_command(self) -> bool:
        return self.sends or self.changes_state_by_answer

    @property
    def changes_state(self) -> bool:
        return bool(self.now) or self.changes_state_by_answer

    @property
    def changes_state_by_answer(self) -> bool:
        return bool(self.done or self.failed)


@dataclass(frozen=True)
class End:
    """How a person ends a thing before its time, and what that does to the devices that have it."""

    label: str
    says: str
    states: frozenset[str]
    """Those of its devices that leave their state; the others stay as they are."""
    to: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a customer has in a service: profile, campaign, group, plan, user."""

    code: str
    label: str
    plural: str
    form: type[forms.Form]
    """Its typed settings. What the form cleans is stored as JSON, and each change is a version."""
    parts: tuple[tuple[str, str], ...] = ()
    """How the page of the form is parted: heading, names of its fields. The name of the thing stands in the first.
    Empty: the form is short."""
    is_assigned: bool = True
    """Devices get it; otherwise it only stands in a list or is named by other things."""
    pushes: str = ""
    """Code of the action that brings a changed version to devices; empty: they have it only when assigned again."""
    shown: tuple[str, ...] = ()
    """Fields that tell things of this kind apart, so that the list shows them (knox.md 2.8)."""
    is_copied: bool = False
    """Can be copied to other customers of the same MSP (knox.md 2.8)."""
    kept: tuple[str, ...] = ()
    """Fields that overwriting leaves as they are at the other customer (knox.md 2.8)."""
    never_copied: tuple[str, ...] = ()
    """Fields that stay behind: the copy is without them, and overwriting leaves the other customer's own."""
    end: End | None = None
    """Where a person can cancel it (campaigns)."""
    empty: str = ""
    """What the empty list says (words.md, empty states)."""
    state: Callable[[Mapping[str, Any]], str] | None = None
    """Its state from its settings and the time, where it has one (a campaign: scheduled, active, expired)."""
    seat_if: Mapping[str, Any] | None = field(default=None, hash=False)
    """Only a device whose thing has these settings needs a seat; None: what the action says holds for all."""
    check: Callable[[Mapping[str, Any], Mapping[str, Any] | None], str] | None = None
    """Why settings may not become these (new, old or None); empty where they may."""


@dataclass(frozen=True)
class Clock:
    """A state that ends by itself: after so long in one of `states`, or after so long without a word (`silent`)."""

    states: frozenset[str]
    to: str
    after: timedelta | None = None
    setting: str = ""
    """Name of the settings row with the number of days, in place of `after`."""
    silent: bool = False
    """Counts from the device's last check-in, not from the last change of state. Who speaks again goes back to the
    state before."""
    fact: str = ""
    """Name of a fact with an instant (ISO 8601, UTC); the state ends when it has come, in place of a duration."""
    until: str = ""
    """Name of a setting of the assigned thing with such an instant; the state ends when it has come."""
    frees: bool = False
    """Gives the seat back."""


@dataclass(frozen=True)
class Event:
    """What a device may report unasked: first boot, a screen lock that is not compliant, an overdue payment."""

    code: str
    states: frozenset[str]
    to: str


@dataclass(frozen=True)
class Swap:
    """How another device takes a device's place in a service, with its thing, its seat and its facts."""

    label: str
    says: str
    states: frozenset[str]
    """From which it is possible."""
    now: str = ""
    """The new device's state; empty: that of the old one."""
    action: str = ""
    """Code of the action that is sent to the new device."""


@dataclass(frozen=True)
class Console:
    """One Knox service."""

    service: KnoxService
    slug: str
    """In addresses."""
    says: str
    """What it does for the customer, in one sentence."""
    states: tuple[State, ...]
    """The first is that of a device that is not enrolled."""
    actions: tuple[Action, ...]
    kinds: tuple[Kind, ...] = ()
    clocks: tuple[Clock, ...] = ()
    events: tuple[Event, ...] = ()
    unlicensed: str = ""
    """The state of devices whose seat went (license ended or deleted); empty: the service needs no license."""
    seatless: frozenset[str] = frozenset()
    """States, beside the first and `unlicensed`, in which a device needs no seat (approved, rejected, locked)."""
    grace: str = ""
    """The state between the end of the license and the seat's release, where there is one (knox.md 5.4)."""
    obstacle: Obstacle = field(default=lambda msp: "")
    reports: tuple[str, ...] = ()
    """Facts that devices themselves may report; all others are the portal's."""
    also: tuple[Also, ...] = ()
    """Facts that are written beside a state; each is one of `reports`."""
    swap: Swap | None = None
    has_claims: bool = False
    about: Callable[[Customer], list[tuple[str, str]]] = field(default=lambda customer: [])
    """What the customer is called or set to in this service, for the head of the console: label, value."""
    columns: tuple[tuple[str, str], ...] = ()
    """Facts that the list of devices shows: name of the fact, heading."""
    instants: frozenset[str] = frozenset()
    """Those of them that the portal writes as an instant or a day (ISO 8601). All others are text, whatever it looks
    like."""

    @property
    def first(self) -> State:
        return self.states[0]

    @property
    def name(self) -> str:
        return str(self.service.label)

    def state(self, code: str) -> State:
        return next(state for state in self.states if state.code == code)

    def standing(self, code: str, facts: Mapping[str, Any] | None) -> State:
        """The state, with what the device is besides it."""
        state = self.state(code)
        for one in self.also:
            if code in one.states and facts and facts.get(one.fact) is True:
                state = replace(state, label=f"{state.label} | {one.label}", tone="warn", attention=one.attention)
        return state

    def action(self, code: str) -> Action | None:
        return next((action for action in self.actions if action.code == code), None)

    def kind(self, code: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.code == code), None)

    def event(self, code: str) -> Event | None:
        return next((event for event in self.events if event.code == code), None)

    @property
    def attention(self) -> list[State]:
        return [state for state in self.states if state.attention]

    @property
    def is_erased_by_a_reset(self) -> bool:
        """Whether what is assigned is on the device itself, so that a factory reset takes it."""
        return any(action.wipes and action.done for action in self.actions)

    @property
    def needs_license(self) -> bool:
        """Whether every device needs a seat."""
        return bool(self.unlicensed) and not any(kind.seat_if for kind in self.kinds)

    def takes_seat(self, action: Action, settings: Mapping[str, Any] | None = None) -> bool:
        """Whether the action needs a seat for each device, with a thing of these settings."""
        kind = self.kind(action.assigns)
        if action.seat != "take" or settings is None or kind is None or kind.seat_if is None:
            return action.seat == "take"
        return kind.seat_if.items() <= settings.items()
