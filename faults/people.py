"""What people do all the while: applications, customers, consents, keys, uploads, actions. Each in a thread of its own.

Nobody presses a button twice in blind trust: who gets no answer looks whether it is done, and presses again if not.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from devices.identifiers import check_digit
from faults.browser import Answer, Browser, NoAnswer
from faults.ledger import Ledger
from tests.live.inbox import Inbox

SAM, ALICE, LENA, CARL = "sam@samsung.example", "alice@aurora.example", "lena@licenses.example", "carl@contoso.example"

SECONDS_FOR_A_LETTER = SECONDS_FOR_AN_UPLOAD = 240
"""A broker that is gone, then a mail server that refuses: both take their time."""
LINES, TWICE, BAD = 3_000, 30, 30
"""Of a file: good ones, how many of them stand there twice, and how many are no IMEI."""
FIRST_OF_CUSTOMERS, FIRST_OF_FILES = 400_000, 500_000
"""Numbers that no device of the demo has."""
_AGREED = {"terms_of_use": "on", "privacy_policy": "on", "managed_services_terms": "on"}
_ADDRESS = {"country": "SE", "address_1": "Sveavägen 5", "city": "Stockholm", "zip_code": "111 57"}
_APPLICATION: dict[str, str | list[str]] = {
    **_ADDRESS, **_AGREED, "first_name": "Nora", "last_name": "Wiklund", "phone": "+4681234567", "region": "europe",
    "customer_count": "11-50", "industries": ["retail"], "services": ["KC"], "support_phone": "+4687654321",
}  # fmt: skip
_CUSTOMER: dict[str, str | list[str]] = {
    **_ADDRESS, "phone": "+49301234567", "size": "100-249", "industry": "transport", "contact_first_name": "Karin",
    "contact_last_name": "Blom", "access": "none", "services": ["KC", "KME"],
}  # fmt: skip
_PROFILE = {"edition": "dynamic", "knox_version": "3.12", "allow_camera": "on"}
_KEY = re.compile(r"KLM\d\d(?:-[A-Z0-9]{5}){5}")


class Stopped(Exception):
    """The run is over, or this story cannot go on."""


@dataclass
class Town:
    """Where everybody lives, and what they share."""

    url: str
    ledger: Ledger
    inbox: Inbox
    over: threading.Event = field(default_factory=threading.Event)
    refusals: list[str] = field(default_factory=list)
    """Where the portal said no although nobody did anything wrong."""
    _threads: list[threading.Thread] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _files: "count[int]" = field(default_factory=lambda: count(0))

    def start(self) -> None:
        stories: list[Callable[[Town], None]] = [apply_and_decide, ask_and_answer, send_files, *[serve_customers] * 2]
        for story in stories:
            thread = threading.Thread(target=self._tell, args=(story,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def is_busy(self) -> bool:
        """Whether anybody still ends what was begun."""
        return any(thread.is_alive() for thread in self._threads)

    def number(self) -> int:
        return next(self._numbers)

    def file_number(self) -> int:
        return next(self._files)

    def somebody(self, email: str = "") -> Browser:
        number = self.number()
        return Browser(self.url, f"10.0.{number // 250}.{number % 250 + 1}", email)

    def do(self, sort: str, name: str, press: "partial[Answer]") -> None:
        """Press until it is done."""
        before = self.ledger.done(sort, name)
        while True:
            answer = press()
            if answer is Answer.DONE:
                return self.ledger.note(sort, name)
            if self.ledger.there(sort, name) > before:
                return self.ledger.note(sort, name, told=False)
            if answer is Answer.REFUSED:
                raise Stopped(f"{sort} {name} was refused: {press.func.__self__.refusal}")  # type: ignore[attr-defined]

    def link(self, to: str, part: str, used: set[str]) -> str:
        """Where the button of a letter leads, whose address holds `part` and was not followed yet."""
        deadline = time.monotonic() + SECONDS_FOR_A_LETTER
        while time.monotonic() < deadline:
            for letter in reversed(self.inbox.letters(to)):
                found = re.search(rf"http\S+{part}\S+", letter.text)
                if found and found[0] not in used:
                    used.add(found[0])
                    return found[0]
            time.sleep(0.2)
        raise Stopped(f"no letter with {part} to {to}")

    def _tell(self, story: Callable[["Town"], None]) -> None:
        while not self.over.is_set():
            try:
                story(self)
            except Exception as no:  # whatever it is, the others go on, and the report says so
                self.refusals.append(f"{story.__name__} stopped: {no!r}")
                time.sleep(1)


def imeis(number: int, *, first: int) -> list[str]:
    """Right ones, of a model that Samsung sells in Europe."""
    fourteen = [f"35214300{first + one:06d}" for one in range(number)]
    return [digits + check_digit(digits) for digits in fourteen]


def seen(browser: Browser, path: str) -> str:
    """The page, as soon as it comes."""
    while True:
        with contextlib.suppress(NoAnswer):
            return browser.get(path)
        time.sleep(0.3)


def apply_and_decide(town: Town) -> None:
    """Companies apply, follow the link in the letter, and Samsung decides: yes and no in turns."""
    sam = town.somebody(SAM)
    while not town.over.is_set():
        number, nora = town.number(), town.somebody()
        email = f"nora@fault{number}.example"
        typed = _APPLICATION | {
            "email": email,
            "company": f"Fault {number}",
            "support_email": f"help@f{number}.example",
        }
        town.do("application", email, partial(nora.post, "/apply/msp/", **typed))
        link = town.link(email, "/apply/confirm/", set())
        town.do("account", email, partial(nora.post, link, password="a long secret of Nora"))  # noqa: S106
        _decide(town, sam, email, is_yes=bool(number % 2))


def _decide(town: Town, sam: Browser, email: str, *, is_yes: bool) -> None:
    found = re.search(r"/samsung/applications/[0-9a-f-]{36}/", seen(sam, f"/samsung/applications/?q={email}"))
    if found is None:
        raise Stopped(f"Samsung does not see the application of {email}")
    act, reason = ("approve/", {}) if is_yes else ("reject/", {"reason": "The register does not list this company."})
    town.do("decision", email, partial(sam.post, found[0], at=found[0] + act, **reason))


def ask_and_answer(town: Town) -> None:
    """An MSP asks a customer that uses Knox already; it refuses, and says yes the next time, and is let go again."""
    alice, carl, used = town.somebody(ALICE), town.somebody(), set[str]()
    ((pk, kcs_id),) = town.ledger.ask("SELECT id::text, kcs_id FROM tenants_customer WHERE name LIKE 'Contoso%'")
    asked = {"kcs_id": kcs_id, "services": ["KC"], "access": "none"}
    while not town.over.is_set():
        number = town.number()
        town.do("request", kcs_id, partial(alice.post, "/customers/existing/", "/customers/existing/ask/", **asked))
        link = town.link(CARL, "/consent/", used)
        if number % 2:
            town.do("refusal", f"No {number}", partial(carl.post, link, answer="refuse", note=f"No {number}"))
            continue
        yes = {"answer": "approve", "name": f"Carl {number}", "may_decide": "on", "knows_losses": "on"}
        town.do("consent", f"Carl {number}", partial(carl.post, link, **yes))
        town.do("delink wish", pk, partial(alice.post, f"/customers/{kcs_id}/delink/", typed=kcs_id))
        let_go = town.link(CARL, "/delink/", used)
        town.do("delink", pk, partial(carl.post, let_go, answer="approve"))


def serve_customers(town: Town) -> None:
    """A new customer gets a license, a profile and devices, and the devices get the profile."""
    alice, lena = town.somebody(ALICE), town.somebody(LENA)
    while not town.over.is_set():
        number = town.number()
        name, mail = f"Fault customer {number}", f"karin@fault{number}.example"
        typed = _CUSTOMER | {"name": name, "contact_email": mail}
        town.do("customer", name, partial(alice.post, "/customers/add/", **typed))
        ((pk, kcs_id),) = town.ledger.ask("SELECT id, kcs_id FROM tenants_customer WHERE name = %s", name)
        page = f"/customers/{kcs_id}/"
        _license(town, alice, lena, page)
        profile = f"Profile {number}"
        things = f"{page}knox-configure/things/profile/add/"
        town.do("profile", profile, partial(alice.post, things, name=profile, **_PROFILE))
        _upload(town, alice, page, imeis(10, first=FIRST_OF_CUSTOMERS + number * 10), f"FAULTORDER{number}")
        _act(town, alice, page, pk)


def _license(town: Town, alice: Browser, lena: Browser, page: str) -> None:
    """A key is issued and entered. One that was issued and not shown is nobody's, so Lena issues another one."""
    while True:
        number = town.number()
        key = {"product": "kc-dynamic", "seats": str(10_000 + number), "months": "12"}
        town.do("key", key["seats"], partial(lena.post, "/license-reseller/keys/issue/", **key))
        if code := _KEY.search(lena.page):
            break
    name = f"License {number}"
    town.do("license", name, partial(alice.post, f"{page}licenses/enter/", key=code[0], name=name))


def _upload(town: Town, alice: Browser, page: str, lines: list[str], name: str) -> None:
    """Sent, checked, added: until it is done."""
    town.do("upload", name, partial(alice.post, f"{page}uploads/add/", lines="\n".join(lines), order_number=name))
    deadline = time.monotonic() + SECONDS_FOR_AN_UPLOAD
    while time.monotonic() < deadline:
        ((pk, state),) = town.ledger.ask("SELECT id, state FROM devices_upload WHERE order_number = %s", name)
        if state in {"done", "error", "cancelled"}:
            return
        if state == "checked":
            alice.post(f"{page}uploads/{pk}/", at=f"{page}uploads/{pk}/apply/")
        time.sleep(0.2)
    raise Stopped(f"{name} is not done")


def _act(town: Town, alice: Browser, page: str, customer: int) -> None:
    """Devices get the profile, give it back, and get it again: a seat comes and goes with it."""
    devices = _ids(town, "SELECT id::text FROM devices_device WHERE customer_id = %s ORDER BY id", customer)
    (thing,) = _ids(town, "SELECT id::text FROM services_thing WHERE customer_id = %s", customer)
    (license,) = _ids(town, "SELECT id::text FROM licensing_license WHERE customer_id = %s", customer)
    ticked = "&".join(f"device={pk}" for pk in devices)
    for action in ("assign", "unassign", "assign"):
        chosen = {"thing": thing, "license": license} if action == "assign" else {}
        at = f"{page}knox-configure/act/{action}/?{ticked}"
        town.do("action", devices[0], partial(alice.post, at, **chosen))
        town.ledger.note_with("action", devices[1:])


def _ids(town: Town, question: str, *values: object) -> list[str]:
    return [pk for (pk,) in town.ledger.ask(question, *values)]


def send_files(town: Town) -> None:
    """Larger files for one customer of the demo, with lines that are wrong or come twice."""
    alice = town.somebody(ALICE)
    page = re.findall(r"/customers/\d{10}/", seen(alice, "/customers/"))[0]
    while not town.over.is_set():
        number = town.file_number()
        good = imeis(LINES, first=FIRST_OF_FILES + number * LINES)
        _upload(town, alice, page, [*good, *good[:TWICE], *["bad"] * BAD], f"FAULTFILE{number}")
