"""Whatever two MSPs, their customers, resellers and Samsung do, in whatever order: what must hold, holds.

A Hypothesis state machine over the verbs. CI takes 2,000 acts (.ci/run), `make test` a few; by hand more:
`make proof STEPS=50000 SEED=7`.
"""

import os
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from audit import chain
from devices import approvals, resellers, uploads
from devices.models import Approval, Device, ResellerCustomer
from licensing import expiry, keys, licenses, seats, trials
from licensing.models import Key, License, Listing, Product
from onboarding import applications, consents, customers, endings, receipts, requests, wishes
from onboarding.models import Application, ManagementRequest, Program
from services import clocks, engine, things
from services.console import Console
from services.engine import Options
from services.ledger import differences
from services.models import Thing
from services.modules import of
from support import deletions
from support.models import Deletion
from tenants import access, memberships
from tenants.models import Access, Customer, KnoxService, Management, Membership
from tests import world as cast
from tests.devices.sending import EUROPE, csv, imei
from tests.proof import facts
from tests.proof.facts import Facts
from tests.proof.play import Play, door, pick, reasons, run
from tests.services.ground import PROFILE, These

STEPS = int(os.environ.get("PROOF_STEPS", "200"))
SEED = int(os.environ.get("PROOF_SEED", "20261128"))
SHRINK = [Phase.shrink] if os.environ.get("PROOF_SHRINK") else []
"""Looking for the shortest way to a failure takes minutes: PROOF_SHRINK=1, by hand."""
EACH = 50
"""Steps of an example; each begins with a new world."""

SIDES, PEOPLE, ANY = st.integers(0, 1), st.integers(0, 3).map(lambda n: n == 3), st.integers(0, 7)
"""Which MSP, whether it is the technician, and which of the rows."""
KC: Console = of("KC")
SEATED = {"licenses__isnull": False, "devices__state": "verified"}
"""What a customer has whose devices can get seats."""
PRODUCTS = ("kc-dynamic-per-seat", "kc-dynamic", "kc-dynamic-per-seat", "suite")
BEYOND = {"ask", "answer", "withdraw", "send_again"}
"""Acts of an MSP that may change what is another's: a request, which its customer reads, and its answer."""

done: Counter[str] = Counter()
taken: Counter[str] = Counter()


class AnyOrder(RuleBasedStateMachine):
    play: Play
    facts: Facts

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.clock = self.stack.enter_context(time_machine.travel(timezone.now(), tick=False))
        self.codes: list[str] = []
        self.key_of: dict[int, int] = {}
        self.names = 0
        self.seen: dict[int, set[int]] = {}
        self.everybody = self.play.everybody()
        self.looking = {person.pk for person in self.everybody}
        self.changed()
        self.before, self.states = self.facts.rows(), self.facts.states()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.stack.close()

    # How an act is done, and what it may not change

    def act(self, name, person, verb, *roles):
        taken["steps"] += 1
        self.looking = {person.pk, self.everybody[taken["steps"] % len(self.everybody)].pk}
        mine = set(self.sees(person))
        if not run(person, verb, *roles):
            assert self.facts.rows() == self.before, f"{name} was refused and changed something"
            self.is_new = False
            return
        done[name] += 1
        self.changed()
        after = self.facts.rows()
        if self.play.side_of(person) and name not in BEYOND:
            mine |= self.sees(person)
            changed = {row for row in after.keys() | self.before.keys() if after.get(row) != self.before.get(row)}
            assert {customer for _, customer in changed} <= mine, f"{name} changed rows of others"
        self.before = after

    def clockwork(self, name, work):
        taken["steps"] += 1
        work()
        done[name] += 1
        self.changed()
        self.looking = {person.pk for person in self.everybody}
        self.before = self.facts.rows()

    def changed(self):
        self.is_new, self.seen = True, {}
        self.msps = [side.msp for side in self.play.sides]
        with as_operator():
            self.employed = Membership.objects.filter(user__in=[side.tech for side in self.play.sides]).count()

    def who(self, side, is_tech):
        return self.play.sides[side].people()[is_tech]

    def customer(self, number, person=None, **ready):
        """Of those that the person sees and that are `ready` for it, three times in four; else of any."""
        own = Customer.objects.filter(pk__in=self.sees(person)) if person and number % 4 else Customer.objects.none()
        return pick(own.filter(**ready).distinct(), number) or pick(own, number) or pick(Customer.objects.all(), number)

    def sees(self, person):
        """As Play.sees, asked once until something changes."""
        if person.pk not in self.seen:
            self.seen[person.pk] = self.play.sees(person)
        return self.seen[person.pk]

    def license(self, number, customer=None):
        """Of that customer, three times in four."""
        own = License.objects.filter(customer=customer) if customer and number % 4 else License.objects.none()
        return pick(own, number) or pick(License.objects.all(), number)

    def devices(self, some, customer):
        """Of that customer, but for one number; else of any."""
        own = Device.objects.all() if 7 in some else Device.objects.filter(customer=customer)
        return [one for one in (pick(own, number) for number in sorted(some)) if one]

    # How MSPs come in

    @initialize(msps=st.sampled_from([(), (0,), (0, 1), (0, 1), (0, 1), (0, 1)]), techs=st.booleans())
    def begin(self, msps, techs):
        for side in msps:
            self.register(side)
            self.decide(0, 1)
            self.add_customer(side, False, side == 1, 1)
            if techs:
                self.employ(side, 0, False)
        for which in PRODUCTS[: 2 * len(msps)]:
            self.sell_a_key(which, 3)
        if msps:
            self.use_a_key(0, False, len(msps) - 1, 0, "enter")
            self.upload(0, False, len(msps) - 1, {0, 1, 2})

    @precondition(lambda self: None in self.msps)
    @rule(side=SIDES)
    def register(self, side):
        own = self.play.sides[side]
        fields = cast.MSP_FIELDS | {"company": own.name}
        self.act("register", own.boss, lambda: applications.submit(Program.MSP, by=own.boss, **fields))

    @precondition(lambda self: None in self.msps)
    @rule(number=ANY, yes=st.integers(0, 3))
    def decide(self, number, yes):
        row = pick(Application.objects.filter(state="submitted"), number) or pick(Application.objects.all(), number)
        if yes:
            self.act("open_msp", self.play.sam, lambda: applications.approve(row, by=self.play.sam), as_operator)
        else:
            refuse = lambda: applications.reject(row, reason="Unclear.", by=self.play.sam)  # noqa: E731
            self.act("turn_away", self.play.sam, refuse, as_operator)

    @rule(side=SIDES, number=ANY, every=st.booleans())
    def employ(self, side, number, every):
        own = self.play.sides[side]
        first = self.customer(number, own.boss)
        msp = self.msps[side]

        def join():
            if msp is None or Membership.objects.filter(user=own.tech).exists():
                raise Management.DoesNotExist
            door(own.boss, first)
            role = msp.roles.get(name="Technician")
            memberships.join(own.tech, role, by=own.boss, customers=None if every else [first])

        self.act("employ", own.boss, join)

    @precondition(lambda self: self.employed)
    @rule(side=SIDES)
    def block_or_unblock(self, side):
        own = self.play.sides[side]

        def turn():
            place = Membership.objects.get(user=own.tech)
            (memberships.unblock if place.state == "blocked" else memberships.block)(place, by=own.boss)

        self.act("block", own.boss, turn)

    # How customers come in and go

    @rule(side=SIDES, is_tech=PEOPLE, full=st.booleans(), twin=st.integers(0, 5))
    def add_customer(self, side, is_tech, full, twin):
        person, msp = self.who(side, is_tech), self.msps[side]
        self.names += bool(twin)
        name = f"Company {self.names}"
        fields = cast.CUSTOMER_FIELDS | {"name": name, "contact_email": f"contact@c{self.names}.example"}

        def add():
            if msp is None or "add_customers" not in access.rights(person, msp):
                raise Management.DoesNotExist
            chosen = Access.FULL if full else Access.NONE
            customers.add(msp, by=person, services=[KnoxService.CONFIGURE], access=chosen, **fields)

        self.act("add_customer", person, add)

    @rule(side=SIDES, number=ANY, full=st.booleans())
    def ask(self, side, number, full):
        own, customer = self.play.sides[side], self.customer(number)
        msp, chosen = self.msps[side], Access.FULL if full else Access.NONE
        services = [KnoxService.CONFIGURE]
        if msp:
            verb = lambda: requests.ask(customer.kcs_id, msp=msp, services=services, access=chosen, by=own.boss)  # noqa: E731
            self.act("ask", own.boss, verb)

    @rule(side=SIDES, number=ANY, again=st.booleans())
    def withdraw_or_send_again(self, side, number, again):
        own, row = self.play.sides[side], pick(ManagementRequest.objects.all(), number)
        if row is None or self.msps[side] is None:
            return
        found = lambda: ManagementRequest.objects.get(pk=row.pk, msp=self.msps[side])  # noqa: E731  (as the view finds it)
        if again:
            self.act("send_again", own.boss, lambda: requests.send_again(found(), by=own.boss))
        else:
            self.act("withdraw", own.boss, lambda: requests.withdraw(found(), by=own.boss))

    def token(self, path, number):
        """One of the links that were ever sent, also one that is over."""
        mails = list(Email.objects.filter(message__contains=f"/{path}/").order_by("-pk")[:4])
        if not mails:
            return None
        return mails[number % len(mails)].message.split(f"/{path}/")[1].split("/")[0]

    @rule(number=ANY, yes=st.integers(0, 3))
    def consent(self, number, yes):
        if token := self.token("consent", number // 3):
            verb = (lambda: consents.approve(token, person="Carl")) if yes else (lambda: consents.refuse(token))
            self.act("consent" if yes else "refuse", self.play.carl, verb)

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, back=st.integers(0, 3))
    def delink(self, side, is_tech, number, back):
        person = self.who(side, is_tech)
        customer = self.customer(number, person)

        def verb():
            door(person, customer)
            if "delink_customers" not in access.rights(person, self.msps[side]):
                raise Management.DoesNotExist
            running = Management.objects.get(customer=customer, ended_at=None)
            (endings.ask if back else endings.take_back)(running, by=person)

        self.act("delink" if back else "take_back", person, verb)

    @rule(number=ANY, yes=st.booleans())
    def answer_delink(self, number, yes):
        if token := self.token("delink", number // 3):
            verb = (lambda: endings.approve(token)) if yes else (lambda: endings.refuse(token))
            self.act("let_go" if yes else "stay", self.play.carl, verb)

    @rule(what=st.sampled_from([wishes.ask, wishes.take_back, endings.start, endings.keep]))
    def contoso_leaves(self, what):
        carl = self.play.carl
        with as_operator():
            running = Management.objects.filter(customer=self.play.contoso, ended_at=None).first()

        def verb():
            door(carl, self.play.contoso)
            what(running, by=carl)

        if running:
            self.act(f"contoso_{what.__name__}", carl, verb)

    @rule(side=SIDES, yes=st.booleans())
    def answer_wish(self, side, yes):
        boss, contoso = self.play.sides[side].boss, self.play.contoso

        def verb():
            door(boss, contoso)
            running = Management.objects.get(customer=contoso, ended_at=None)
            wishes.approve(running, by=boss) if yes else wishes.reject(running, reason="Stay.", by=boss)

        self.act("grant_wish" if yes else "deny_wish", boss, verb)

    # Keys, licenses, trials, seats

    @rule(which=st.sampled_from(PRODUCTS), number=st.integers(1, 4))
    def sell_a_key(self, which, number):
        def issue():
            product = Product.objects.get(code=which)
            self.codes.append(keys.issue(Listing.objects.get(), product=product, seats=number, months=1, by=lena)[1])

        lena = self.play.lena
        self.act("sell", lena, issue, as_reseller)

    @precondition(lambda self: self.codes)
    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, which=ANY, how=st.sampled_from(["enter", "extend", "add_seats"]))
    def use_a_key(self, side, is_tech, number, which, how):
        person, code = self.who(side, is_tech), self.codes[which % len(self.codes)]
        if how == "enter":
            customer = self.customer(number)
            self.act("enter", person, lambda: keys.enter(customer, code, by=person))
        elif license := pick(License.objects.all(), number):
            self.act(how, person, lambda: getattr(licenses, how)(license, code, by=person))

    @rule(code=ANY)
    def contoso_enters(self, code):
        if self.codes:
            typed, carl = self.codes[code % len(self.codes)], self.play.carl
            self.act("contoso_enters", carl, lambda: keys.enter(self.play.contoso, typed, by=carl))

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY)
    def trial(self, side, is_tech, number):
        person = self.who(side, is_tech)
        customer = self.customer(number, person)
        self.act("trial", person, lambda: trials.start(customer, by=person))

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, which=ANY, some=st.sets(ANY, min_size=1, max_size=4),
          how=st.sampled_from(["take", "take", "release", "move"]))  # fmt: skip
    def seat(self, side, is_tech, number, which, some, how):
        person = self.who(side, is_tech)
        customer = self.customer(number, person, **SEATED)
        license, other = self.license(which, customer), self.license(which + 1, customer)
        if license is None:
            return
        chosen = self.devices(some, customer)
        to = {"to": other} if how == "move" else {}
        self.act(how, person, lambda: getattr(seats, how)(license, chosen, by=person, **to))

    @rule(side=SIDES, number=ANY, to=st.integers(0, 4))
    def reduce(self, side, number, to):
        person, license = self.who(side, False), pick(License.objects.all(), number)
        if license:
            self.act("reduce", person, lambda: licenses.reduce_seats(license, to=to, by=person))

    # Devices

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, some=st.sets(st.integers(0, 11), min_size=1, max_size=4))
    def upload(self, side, is_tech, number, some):
        person = self.who(side, is_tech)
        customer = self.customer(number, person)

        def verb():
            upload = uploads.receive(
                csv([imei(one, EUROPE) for one in sorted(some)]),
                name="d.csv",
                by=person,
                customer=customer,
                add_at_once=True,
            )
            self.work(upload)

        self.act("upload", person, verb)

    def work(self, upload):
        """What the worker does, as nobody."""
        with acting_as(None):
            uploads.check(upload.pk)
            uploads.add(upload.pk)

    @rule(number=ANY, some=st.sets(st.integers(0, 11), min_size=1, max_size=4))
    def reseller_uploads(self, number, some):
        rita, customer = self.play.rita, self.customer(number)

        def verb():
            upload = uploads.receive(
                csv([imei(one, EUROPE) for one in sorted(some)]), name="r.csv", by=rita, reseller=self.play.reseller,
                target=customer, add_at_once=True,
            )  # fmt: skip
            self.pending = upload

        self.act("reseller_lists", rita, lambda: resellers.add_customer(self.play.reseller, customer.kcs_id, by=rita))
        self.pending = None
        self.act("reseller_sends", rita, verb, as_reseller)
        if self.pending:
            self.work(self.pending)
            self.before = self.facts.rows()

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, yes=st.integers(0, 3))
    def decide_devices(self, side, is_tech, number, yes):
        person, pending = self.who(side, is_tech), Approval.objects.filter(state="pending")
        own = pending.filter(customer__in=self.sees(person)) if number % 4 else pending
        if row := pick(own, number):
            verb = (
                (lambda: approvals.approve(row, by=person))
                if yes else (lambda: approvals.reject(row, by=person, reason="Not ours."))
            )  # fmt: skip
            self.act("approve_devices" if yes else "reject_devices", person, verb)

    @rule(side=SIDES, is_tech=PEOPLE, number=ANY, which=ANY, some=st.sets(ANY, min_size=1, max_size=4),
          code=st.sampled_from([*["assign"] * 6, *(one.code for one in KC.actions)]))  # fmt: skip
    def enrol(self, side, is_tech, number, which, some, code):
        person = self.who(side, is_tech)
        customer = self.customer(number, person, **SEATED)
        license = self.license(which, customer)
        with as_operator():
            ids = [one.pk for one in self.devices(some, customer)]
            profile = Thing.objects.filter(customer=customer).first()

        def verb():
            thing = profile or things.add(customer, KC, KC.kind("profile"), name="Kiosk", settings=PROFILE, by=person)
            options = Options(thing=thing, license=license)
            engine.act(These(customer, ids), KC, KC.action(code), options=options, by=person)

        self.act("enrol", person, verb)

    # Deletion

    @rule(side=SIDES, number=ANY)
    def ask_deletion(self, side, number):
        own = self.play.sides[side]
        customer = self.customer(number, own.boss)
        if msp := self.msps[side]:
            self.act("ask_deletion", own.boss, lambda: deletions.ask(customer, reason="Closed.", own=msp, by=own.boss))

    @rule(number=ANY, second=st.booleans(), how=st.sampled_from(["start", "approve", "approve", "undo", "reject"]))
    def samsung_deletes(self, number, second, how):
        row, admin = pick(Deletion.objects.all(), number), self.play.kim if second else self.play.sam
        reason = {"reason": "Why"} if how == "reject" else {}
        if row:
            self.act(f"deletion_{how}", admin, lambda: getattr(deletions, how)(row, by=admin, **reason), as_operator)

    @rule(days=st.sampled_from([0, 1, 8, 8, 40]))
    def wait(self, days):
        self.clock.shift(timedelta(days=days, seconds=1))

        def work():
            for tick in (expiry.release_due, expiry.notify_due, requests.expire_due, endings.end_due, deletions.run_due,
                         clocks.run):  # fmt: skip
                tick()

        self.clockwork("wait", work)
        with as_operator():
            assert differences() == []

    # What must hold after every step

    @precondition(lambda self: self.is_new)
    @invariant()
    def everybody_sees_the_own_rows_and_no_others(self):
        """Of one step the one who acted and one more, in turn; of the clock everybody."""
        for person in self.everybody:
            if person.pk not in self.looking:
                continue
            sees, side = self.sees(person), self.play.side_of(person)
            own = self.msps[self.play.sides.index(side)] if side else None
            msp = own.pk if own else None
            shown: Counter[tuple[str, int]] = Counter()
            for table, customer, of_msp, *_, count in self.facts.seen(person):
                shown[table, customer] += count
                is_mine = customer in sees or (of_msp is not None and of_msp == msp) or table in facts.OWN
                assert is_mine or (customer is None and of_msp is None), (str(person), table, customer, of_msp)
            there = {row: count for row, (count, _) in self.before.items() if row[0] in self.facts.exact}
            assert {row: n for row, n in shown.items() if row[0] in self.facts.exact} == {
                row: n for row, n in there.items() if row[1] in sees
            }, str(person)

    @precondition(lambda self: self.is_new)
    @invariant()
    def sellers_see_what_is_theirs(self):
        for person, own in ((self.play.rita, self.play.reseller), (self.play.lena, self.play.license_reseller)):
            with as_operator():
                listed = set(ResellerCustomer.objects.filter(reseller=own.pk).values_list("customer_id", flat=True))
            for table, customer, _, reseller, seller, _ in self.facts.seen(person, reseller=True):
                if table == "tenants_customer":
                    assert person == self.play.rita, str(person)
                    assert customer in listed, customer
                else:
                    assert own.pk in (reseller, seller), (str(person), table)

    @precondition(lambda self: self.is_new)
    @invariant()
    def everything_adds_up(self):
        assert facts.faults(facts.SUMS) == []

    @invariant()
    def grants_follow_places(self):
        assert facts.faults(facts.GRANTS) == []

    @precondition(lambda self: self.is_new)
    @invariant()
    def a_key_has_one_customer_for_ever(self):
        with as_operator():
            now = dict(Key.objects.filter(customer__isnull=False).values_list("pk", "customer_id"))
        assert self.key_of.items() <= now.items()
        self.key_of = now

    @precondition(lambda self: self.is_new)
    @invariant()
    def states_move_as_they_may(self):
        now = self.facts.states()
        assert facts.illegal(self.states, now) == []
        self.states = now

    @precondition(lambda self: self.is_new)
    @invariant()
    def history_is_whole(self):
        chain.seal()
        assert chain.problems() == []
        with as_operator():
            assert list(receipts.faults()) == []


@pytest.mark.django_db
def test_in_any_order_what_must_hold_holds(caplog):
    caplog.set_level("WARNING", logger="audit.chain")
    done.clear()
    taken.clear()
    AnyOrder.play, AnyOrder.facts = Play(), Facts()
    plan = settings(
        max_examples=2, stateful_step_count=EACH, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, *SHRINK],
    )  # fmt: skip

    turn = 0
    while taken["steps"] < STEPS:  # in small parts, so that a long run tells how far it is
        run_state_machine_as_test(seed(SEED + turn)(AnyOrder), settings=plan)
        turn += 1
        so_far = f"{taken['steps']} acts, {sum(done.values())} let in, seeds {SEED} to {SEED + turn - 1}"
        print(f"proof: {so_far}", flush=True)  # noqa: T201

    print(f"proof: {dict(done.most_common())}")  # noqa: T201
    if os.environ.get("PROOF_REASONS"):
        print(*reasons.most_common(40), sep="\n")  # noqa: T201
    assert taken["steps"] >= STEPS
