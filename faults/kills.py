"""Kills and other misfortunes at random moments, while people work."""

import contextlib
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from faults import judge
from faults.judge import Findings
from faults.ledger import Ledger
from faults.people import Town
from faults.place import Place, opened

VICTIMS = ("web", "worker", "beat", "valkey", "postgres")
SECONDS_UNTIL_A_KILL, SECONDS_UNTIL_AN_ACT = 4.0, 60.0
BROKER_GONE, DISK_FULL, MAIL_REFUSED, CLOCK_OFF = 60.0, 30.0, 20.0, 15.0
"""Seconds each."""
HOUR = 3600


@dataclass
class Run:
    """One run. The same seed gives the same victims, in the same order, after the same waits."""

    place: Place
    town: Town
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    def kill(self, victim: str) -> None:
        """At a random moment after somebody got something done."""
        self._wait_for_an_act()
        time.sleep(self.chance.uniform(0, SECONDS_UNTIL_A_KILL))
        self.place.kill(victim)
        self.killed[victim] += 1
        self.place.mend()

    def spend(self, seconds: float) -> None:
        """Time passes; what ended by itself is started again, but for the broker."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.place.stack.restart_ended()
            time.sleep(0.5)

    def _wait_for_an_act(self) -> None:
        ledger = self.town.ledger
        before, until = ledger.told, time.monotonic() + SECONDS_UNTIL_AN_ACT
        while ledger.told == before and time.monotonic() < until:
            self.place.mend()
            time.sleep(0.1)


def broker_gone(run: Run) -> None:
    """For a minute; nobody restarts it."""
    run.place.kill("valkey")
    run.killed["valkey"] += 1
    run.spend(BROKER_GONE)
    run.place.mend()


def disk_full(run: Run) -> None:
    """Of PostgreSQL, of Valkey and of web. PostgreSQL may end, and is started again when there is room."""
    if not run.place.has_own_disk:
        print("  no full disk: this user may not mount one", flush=True)
        return
    ledger = run.town.ledger
    told = ledger.told
    with run.place.full_disk():
        run.spend(DISK_FULL)
        free = shutil.disk_usage(run.place.disk).free
    refusals = sum(log.read_text(errors="replace").count("No space left") for log in run.place.logs())
    _say(
        f"disk full: {free} bytes left, {ledger.told - told} acts done meanwhile, {refusals} times no space in the logs"
    )
    run.place.mend()


def mail_refused(run: Run) -> None:
    """For now, for good, and nobody listens."""
    inbox = run.place.stack.inbox
    for refusal in (inbox.refusing("451 Try later"), inbox.refusing("554 No"), inbox.away()):
        with refusal:
            run.spend(MAIL_REFUSED)


def clock_jumps(run: Run) -> None:
    """An hour ahead, an hour behind, and right again."""
    for off in (HOUR, -HOUR, 0):
        run.place.set_clock(off)
        run.spend(CLOCK_OFF)


MISFORTUNES: tuple[Callable[[Run], None], ...] = (broker_gone, disk_full, mail_refused, clock_jumps)


def run(*, kills: int, seed: int, misfortunes: tuple[Callable[[Run], None], ...] = MISFORTUNES) -> tuple[int, Findings]:
    """How many were killed, and what was found afterwards. Says on the way what happens."""
    chance = random.Random(seed)
    _say("starting the portal with the demo")
    with opened() as place:
        ledger = Ledger(place.stack.database)
        before = judge.letters(ledger)
        ledger.ask(
            "INSERT INTO rules_setting (name, value, reason, since)"
            " VALUES ('request_cool_down_days', 0, 'Faults', now()) RETURNING id"
        )
        town = Town(place.stack.url, ledger, place.stack.inbox)
        broken = Run(place, town, chance)
        with _at_work(place, town):
            for step in _plan(kills, chance, misfortunes):
                _say(f"{step if isinstance(step, str) else step.__name__} ({town.ledger.told} acts)")
                broken.kill(step) if isinstance(step, str) else step(broken)
        _say(f"settling took {judge.settle(place, ledger):.0f} s")
        found = judge.judged(place, ledger, before=before)
        _report(broken, found)
    return broken.killed.total(), found


def _plan(
    kills: int, chance: random.Random, misfortunes: tuple[Callable[[Run], None], ...]
) -> list[str | Callable[[Run], None]]:
    """Each victim as often as the others, in no order, and the misfortunes among them."""
    steps: list[str | Callable[[Run], None]] = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
    chance.shuffle(steps)
    for misfortune in misfortunes:
        steps.insert(chance.randrange(len(steps) + 1), misfortune)
    return steps


@contextlib.contextmanager
def _at_work(place: Place, town: Town) -> Iterator[None]:
    """People work meanwhile, and end what they began: somebody keeps the processes running until then."""
    town.start()
    try:
        yield
    finally:
        town.over.set()
        while town.is_busy():
            place.mend()
            time.sleep(0.5)


def _report(broken: Run, found: Findings) -> None:
    ledger = broken.town.ledger
    _say(f"killed {dict(broken.killed)}")
    _say(f"acts {ledger.by_sort()}")
    _say(f"{ledger.told} acts were told as done, {ledger.unanswered} were found done by a second look")
    _say(f"{found.mails} mails, {found.again} of them arrived twice")
    for line in [*found.notes, *broken.town.refusals]:
        _say(line)
    for kind, lines in (("lost", found.lost), ("doubled", found.doubled)):
        for line in lines:
            print(f"{kind}: {line}", flush=True)


def _say(line: str) -> None:
    print(f"\033[2m==>\033[0m {time.strftime('%H:%M:%S')} {line}", flush=True)
