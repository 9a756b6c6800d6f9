"""Where pages are that only the running portal knows, and the people and companies of these tests alone."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.browser.authenticators import plug_in_authenticator, security, turn_on_authenticator_app
from tests.devices import sending
from tests.live import acts, devices
from tests.live.browsing import Visits
from tests.live.stack import Stack

NOBODY, SOFIA = "", "sofia@boreas.example"
# An MSP of these tests alone, and two companies that used Knox before it: it manages the second.
NILS, DORA, EVA = "nils@nimbus.example", "dora@dahlem.example", "eva@elster.example"
PETRA = "petra@phones.example"
JANA = "jana@jansen.example"
DAHLEM, ELSTER = "Dahlem Optik", "Elster Bau"

_ID = "00000000-0000-0000-0000-000000000000"
SOME = {
    "confirm": "/apply/confirm/x/",
    "invitation": "/join/x/",
    "reset": "/accounts/password/reset/key/1-x/",
    "key": "1",
    "customer": "0",
    "full_customer": "0",
    "alert": "/msp/alerts/1/",
    "license": "/customers/0/licenses/1/",
    "order": "/orders/1/",
    "export": _ID,
    "aurora": "0",
    "own_application": f"/applications/{_ID}/",
    "waiting": _ID,
    "rejected": _ID,
    "mail": "/mailbox/1/",
    **dict.fromkeys(("administrator", "blocked"), "/administrators/1/"),
    "role": "/roles/1/",
    "reseller_person": "/reseller/administrators/1/",
    "license_reseller_person": "/license-reseller/administrators/1/",
    "own_person": "/admin-portal/administrators/1/",
    **dict.fromkeys(("consent", "to_approve", "to_refuse", "consent_used"), "/consent/x/"),
    **dict.fromkeys(("delink", "delink_to_approve", "delink_to_refuse", "delink_used"), "/delink/x/"),
    "receipt": "/receipt/x/",
    "reseller_upload": "/reseller/uploads/1/",
    "reseller_id": "8000000003",
    "enroll": "/enroll/x/",
    "stop": "/email/stop/x/",
    "device": "/customers/0/devices/1/",
    "own_device": "/admin-portal/devices/1/",
    "approval": "/customers/0/approvals/1/",
    "uploads": "0",
    **dict.fromkeys(("checked", "all_good", "added", "unread", "cancelled"), "/customers/0/uploads/1/"),
    "own_approval": "/admin-portal/approvals/1/",
    "preferences": "/customers/0/resellers/1/preferences/",
    "own_preferences": "/admin-portal/resellers/1/preferences/",
    **dict.fromkeys(("end", "ending"), "/end/x/"),
    **dict.fromkeys(("direct", "managed", "leaving", "wanting", "ending_customer"), "0"),
    **dict.fromkeys(("profile", "campaign"), "/customers/0/knox-e-fota/things/campaign/1/"),
    "own_profile": "/admin-portal/knox-configure/things/profile/1/",
    "claim": "/customers/0/samsung-care-plus/claims/1/",
    "own_claim": "/admin-portal/samsung-care-plus/claims/1/",
    "own_campaign": "/admin-portal/knox-e-fota/things/campaign/1/",
    "own_covered": "1",
    "bulk_act": "/customers/0/acts/1/",
    "own_bulk_act": "/admin-portal/acts/1/",
    "guarded": "0",
    **dict.fromkeys(("locked", "covered"), "1"),
    **dict.fromkeys(("to_quote", "to_deliver", "delivered", "listing", "sold_key", "own_license"), "1"),
    "sold_signs": "",
}


def find(browser: Browser, stack: Stack, sign_ins: dict[str, object]) -> dict[str, str]:
    """Addresses that only the portal knows, found as people find them: by following links and reading mail."""
    visits = Visits(browser, stack.url, sign_ins)
    found = {
        "confirm": _link_to_confirm(visits, stack),
        "invitation": stack.letter("camille@delacroix.example", "Full access").link,
        "key": _sofia(visits, stack),
        "reset": _link_to_reset(visits, stack),
        "stop": _link_to_stop(stack),
        **_of_alice(visits, stack),
        **_of_people(visits),
        **_of_nils(visits, stack),
        **_of_uploads(visits),
        **_of_own_uploads(visits),
        **_of_resellers(visits, stack),
        **_of_others(visits),
        **_of_licenses(visits),
        **_of_services(visits),
        **_of_bulk_acts(visits, stack),
    }
    visits.close()
    return found


def _of_people(visits: Visits) -> dict[str, str]:
    """Colleagues of Alice, one of them blocked, a role, and the first person of each other portal."""
    page = visits(acts.ALICE, at="/administrators/")
    people = {"administrator": "Tom Okafor", "blocked": "Viktor Hale"}
    found = {name: page.get_by_role("link", name=who).get_attribute("href") or "" for name, who in people.items()}
    for name, person, at in (
        ("reseller_person", acts.RITA, "/reseller/administrators/"),
        ("license_reseller_person", acts.LENA, "/license-reseller/administrators/"),
        ("own_person", acts.CARL, "/admin-portal/administrators/"),
    ):
        theirs = visits(person, at=at).locator("tbody").get_by_role("link").first
        found[name] = theirs.get_attribute("href") or ""
    page.goto("/roles/")
    return found | {"role": page.get_by_role("link", name="Viewer").get_attribute("href") or ""}


def _link_to_confirm(visits: Visits, stack: Stack) -> str:
    acts.apply_as_msp(visits(), "olga@unsure.example", "Unsure IT")
    return stack.letter("olga@unsure.example", "Confirm your email").link


def _link_to_reset(visits: Visits, stack: Stack) -> str:
    """Of somebody who does not sign in after it: that would end the link."""
    page = visits()
    page.goto("/accounts/password/reset/")
    page.get_by_label("Email").fill(SOFIA)
    page.get_by_role("button", name="Email me a link").click()
    return stack.letter(SOFIA, "Set a new password").link


def _link_to_stop(stack: Stack) -> str:
    """Of letters to Mira about uploads, for which no test waits."""
    text = stack.letter(acts.MIRA, "wait for your approval").text
    return re.findall(r"Stop these emails: (\S+)", text)[0]


def _sofia(visits: Visits, stack: Stack) -> str:
    """An MSP without customers, whose super admin has an authenticator app and a passkey. Returns the key's number."""
    page = visits()
    acts.apply_as_msp(page, SOFIA, "Boreas Phones")
    acts.confirm_email(page, stack.letter(SOFIA, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Boreas Phones")
    turn_on_authenticator_app(page)
    plug_in_authenticator(page)
    security(page, "Add passkey or security key")
    page.get_by_label("Name").fill("Office laptop")
    page.get_by_role("button", name="Add key").click()
    page.get_by_text("You added the key.").wait_for(timeout=30_000)  # a new key takes long on a busy machine
    page.goto("/accounts/2fa/webauthn/")
    href = page.get_by_role("link", name="Edit Office laptop").get_attribute("href") or ""
    visits.sign_ins[SOFIA] = page.context.storage_state()
    return href.split("/")[-3]


def _of_alice(visits: Visits, stack: Stack) -> dict[str, str]:
    page = visits(acts.ALICE)
    page.goto("/customers/")
    ids = {name: page.get_by_label(f"Select {name}").get_attribute("value") or "" for name in (FJORDLINE, KESTREL)}
    with stack.setting("export_limit", 1):
        page.goto("/customers/export/")
    page.get_by_role("link", name="Download CSV").wait_for()
    export = page.url.split("/")[-2]
    return {
        "customer": ids[FJORDLINE],
        "full_customer": ids[KESTREL],
        "export": export,
        "alert": _alert(page),
        "license": _trial(page, stack),
        "order": _order(page, ids[FJORDLINE]),
    }


FJORDLINE, KESTREL = "Fjordline Freight", "Kestrel Field Services"
NORRLAND = "Norrland Timber"


def _alert(page: Page) -> str:
    """Where the newest alert is. They are counted soon after the start."""
    page.goto("/msp/")
    page.get_by_role("button", name="Refresh").click()
    found = page.locator("#feed h3 a").first
    for _ in range(60):
        if found.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return found.get_attribute("href") or ""


def _trial(page: Page, stack: Stack) -> str:
    """The address of a trial with two of ten devices, of a customer of its own."""
    page.goto("/customers/")
    kcs_id = acts.add_customer(page, "Heidehof", **{"Work email": "karin@heidehof.example"})
    imeis = [f"35999930000000{number}" for number in range(10)]
    devices.put(stack, kcs_id, imeis)
    page.goto(f"/customers/{kcs_id}/licenses/")
    page.get_by_role("button", name="Start trial").click()
    address = page.url
    page.get_by_role("link", name="Assign devices").click()
    for imei in imeis[:2]:
        page.get_by_label(f"Select {imei}").check()
    page.get_by_role("button", name="Assign these").click()
    page.get_by_text("2 devices enroll").wait_for()
    return address


def _order(page: Page, kcs_id: str) -> str:
    page.goto(f"/orders/new/?customer={kcs_id}&product=kc-dynamic")
    acts.fill(page, {"Seats": "25", "Months": "12"}, {}, ())
    page.get_by_role("button", name="Send order").click()
    page.get_by_text("It answers with a price.").first.wait_for()
    return page.url


def _of_nils(visits: Visits, stack: Stack) -> dict[str, str]:
    """An MSP that asked several companies, and wants to leave some."""
    page = visits()
    acts.apply_as_msp(page, NILS, "Nimbus Mobile")
    acts.confirm_email(page, stack.letter(NILS, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Nimbus Mobile")
    visits.sign_ins[NILS] = page.context.storage_state()
    nils = Relations(visits, stack, page)
    direct, managed = nils.direct(ELSTER, EVA, joins=True), nils.direct(DAHLEM, DORA, joins=True)
    used, receipt, end = nils.consented(managed, DORA)
    ending_customer = nils.direct("Igel Sport", "ida@igel.example")
    ending = nils.consented(ending_customer, "ida@igel.example")[2]
    visits(at=ending).get_by_role("button", name="End management").click()
    leaving = nils.added("Falke Druck", "fritz@falke.example")
    return {
        "direct": direct,
        "managed": managed,
        "leaving": leaving,
        "wanting": nils.asks_for_end("Jansen Werft", JANA),
        "ending_customer": ending_customer,
        "consent": nils.asked(nils.direct("Amsel Druck", "anna@amsel.example"), "anna@amsel.example"),
        "to_approve": nils.asked(nils.direct("Buchen Logistik", "bert@buchen.example"), "bert@buchen.example"),
        "to_refuse": nils.asked(nils.direct("Cella Wein", "cora@cella.example"), "cora@cella.example"),
        "consent_used": used,
        "receipt": receipt,
        "end": end,
        "ending": ending,
        "delink": nils.leaves(leaving, "fritz@falke.example"),
        "delink_to_approve": nils.leaves(nils.added("Gerber Bau", "gerd@gerber.example"), "gerd@gerber.example"),
        "delink_to_refuse": nils.leaves(nils.added("Hase Medien", "hedi@hase.example"), "hedi@hase.example"),
        "delink_used": stack.letter(EVA, "wants to stop managing").link,
    }


@dataclass(frozen=True)
class Relations:
    """What an MSP and its customers do with each other; customers are named by their KCS Customer ID and email."""

    visits: Visits
    stack: Stack
    msp: Page

    def added(self, name: str, email: str) -> str:
        self.msp.goto("/customers/")
        return acts.add_customer(self.msp, name, **{"Work email": email})

    def leaves(self, kcs_id: str, email: str) -> str:
        """Returns the link in the letter about the delink."""
        self.msp.goto(f"/customers/{kcs_id}/delink/")
        self.msp.get_by_label(f"Type {kcs_id} to go on").fill(kcs_id)
        self.msp.get_by_role("main").get_by_role("button", name="Delink").click()
        return self.stack.letter(email, "wants to stop managing Knox").link

    def direct(self, name: str, email: str, *, joins: bool = False) -> str:
        """A company that uses Knox without an MSP: this one managed it, and left."""
        kcs_id = self.added(name, email)
        page = self.visits(at=self.leaves(kcs_id, email))
        page.get_by_role("button", name="Approve").click()
        page.get_by_text("no longer manages Knox").wait_for()
        if joins:
            acts.join(page, self.stack.letter(email, "Full access").link)
            self.visits.sign_ins[email] = page.context.storage_state()
        return kcs_id

    def asks_for_end(self, name: str, email: str) -> str:
        """A customer with Full access, whose own person asks the MSP to let it go."""
        self.msp.goto("/customers/")
        kcs_id = acts.add_customer(self.msp, name, access="Full access", **{"Work email": email})
        page = self.visits()
        acts.join(page, self.stack.letter(email, "Full access").link)
        page.goto("/admin-portal/")
        page.get_by_role("button", name=re.compile("^Ask .* to end it")).click()
        self.visits.sign_ins[email] = page.context.storage_state()
        return kcs_id

    def asked(self, kcs_id: str, email: str) -> str:
        """Returns the link in the letter about the request."""
        acts.ask(self.msp, kcs_id, "Knox Configure")
        return self.stack.letter(email, "asks to manage Knox").link

    def consented(self, kcs_id: str, email: str) -> tuple[str, str, str]:
        """Returns the links of the request, of the receipt and to end management."""
        page, link = self.visits(), self.asked(kcs_id, email)
        acts.answer(page, link)
        page.get_by_role("button", name="Approve").click()
        receipt = self.stack.letter(email, "Receipt: ").link
        return link, receipt, receipt.replace("/receipt/", "/end/")


def _of_own_uploads(visits: Visits) -> dict[str, str]:
    """Uploads of Alice for one customer, one for each end."""
    page = visits(acts.ALICE, at="/customers/")
    kcs_id = page.get_by_label(f"Select {NORRLAND}").get_attribute("value")
    good = [sending.imei(990_000 + number) for number in range(6)]
    bad = [
        good[5],
        good[5][:-1] + "xx",
        sending.imei(1)[:-1] + "9",
        "3.5E+14",
        sending.MEID,
        sending.imei(2, "35214301"),
    ]

    def send(*lines: str) -> str:
        page.goto(f"/customers/{kcs_id}/uploads/add/")
        acts.send_devices(page, *lines)
        page.get_by_role("complementary").get_by_text("Upload ID").wait_for()
        return page.url

    def press(name: str, then: str) -> None:
        page.get_by_role("button", name=name).click()
        page.get_by_role("heading", name=then).wait_for()

    found = {"uploads": kcs_id or "", "added": send(good[0], good[1], *bad)}
    press("Add 3 devices", "Upload result")
    found["cancelled"] = send(good[2])
    press("Discard this file", "Upload cancelled")
    unread = send(*[good[3]] * 400, "\x07")
    page.get_by_role("heading", name="We could not add this file").wait_for()
    return found | {"unread": unread, "all_good": send(good[3]), "checked": send(good[4], *bad)}


def _of_uploads(visits: Visits) -> dict[str, str]:
    """What waits in the demo, and the code that Carl makes for phones."""
    alice, carl = visits(acts.ALICE, at="/uploads/waiting/"), visits(acts.CARL, at="/admin-portal/approvals/")
    for page, name in ((alice, FJORDLINE), (carl, "Nordic Device Partners")):
        page.get_by_role("main").get_by_role("link", name=name).first.click()
        page.get_by_role("button", name="Approve upload").wait_for()
    own = carl.url
    devices = {}
    for page, name, address in ((alice, "device", "/devices/"), (carl, "own_device", "/admin-portal/devices/")):
        waiting, _ = page.url, page.goto(address)
        devices[name] = page.locator("tbody .who").first.get_attribute("href") or ""
        page.goto(waiting)
    carl.goto("/admin-portal/deployment-app/")
    enroll = carl.get_by_role("button", name="Copy address").get_attribute("data-copy") or ""
    return {"approval": alice.url, "own_approval": own, "enroll": enroll, **devices}


def _of_resellers(visits: Visits, stack: Stack) -> dict[str, str]:
    """A new reseller that has nothing yet, and an upload of Rita's with a line that is no Samsung device."""
    petra, rita = visits(), visits(acts.RITA, at="/reseller/customers/")
    acts.apply_as_reseller(petra, PETRA, "Petra Phones")
    acts.confirm_email(petra, stack.letter(PETRA, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Petra Phones")
    visits.sign_ins[PETRA] = petra.context.storage_state()
    rita.get_by_role("row", name="Fjordline Freight").get_by_role("link", name="Upload").click()
    rita.get_by_label("Or paste here").fill("352143000099996\n999999990000016")
    rita.get_by_role("button", name="Upload devices").click()
    rita.get_by_role("heading", name="Upload result").wait_for()
    upload = rita.url
    rita.goto("/reseller/")
    reseller_id = re.findall(r"\d{10}", rita.get_by_role("region", name="Company").inner_text())[0]
    return {"reseller_upload": upload, "reseller_id": reseller_id}


def _of_others(visits: Visits) -> dict[str, str]:
    hanna, sam, reader = visits(acts.HANNA), visits(acts.SAM), visits()
    hanna.get_by_role("link", name="See what you sent").click()
    sam.goto("/samsung/applications/?view=all")
    waiting, rejected = (
        (sam.get_by_role("link", name=company).get_attribute("href") or "").split("/")[-2]
        for company in ("Polaris Workplace IT", "Quickfix Phones")
    )
    sam.goto("/samsung/msps/?q=Aurora")
    aurora = (sam.get_by_role("link", name="Aurora").last.get_attribute("href") or "").split("/")[-2]
    reader.goto("/mailbox/")
    mail = reader.get_by_role("link", name="is Active").first.get_attribute("href") or ""
    own = {"own_application": hanna.url, "aurora": aurora}
    return own | {"waiting": waiting, "rejected": rejected, "mail": mail}


def _of_licenses(visits: Visits) -> dict[str, str]:
    """Orders in three states, a key that serves nobody, and what companies hold themselves."""
    lena, carl = visits(acts.LENA, at="/license-reseller/"), visits(acts.CARL, at="/admin-portal/licenses/")
    listing = _last(lena, "/license-reseller/", "Change")
    orders = {
        name: _last(lena, f"/license-reseller/orders/?state={state}", "", table="Orders table")
        for name, state in (("to_quote", "sent"), ("to_deliver", "accepted"), ("delivered", "delivered"))
    }
    sold_key = _last(lena, "/license-reseller/keys/?state=unused", "", table="Keys table")
    signs = lena.get_by_role("region", name="Keys table").get_by_role("link", name="license key that ends in").first
    carl.get_by_role("button", name="Start trial").click()
    carl.get_by_text("The trial runs until").wait_for()
    return {
        **orders,
        "listing": listing,
        "sold_key": sold_key,
        "sold_signs": signs.inner_text().split()[-1],
        "own_license": carl.url.split("/")[-2],
    }


def _of_services(visits: Visits) -> dict[str, str]:
    """Things and devices of the demo, a claim for one of them in each portal, and a profile that Carl adds."""
    alice, carl = visits(acts.ALICE, at="/customers/"), visits(acts.CARL)
    fjordline, lumen = (
        alice.get_by_label(f"Select {name}").get_attribute("value") or "" for name in (FJORDLINE, "Lumen Retail Group")
    )
    at = f"/customers/{fjordline}"
    locked = _device(alice, f"/customers/{lumen}/knox-guard/?state=active")[0]
    covered, number = _device(alice, f"{at}/samsung-care-plus/?state=active")
    own_covered, own_number = _device(carl, "/admin-portal/samsung-care-plus/?state=active")
    _claim(alice, at, number, "SC-1042")
    _claim(carl, "/admin-portal", own_number, "SC-77")
    carl.goto("/admin-portal/knox-configure/things/profile/add/")
    acts.fill(carl, {"Name": "Office"}, {"Knox version": "Knox 3.12"}, ())
    carl.get_by_role("radio").first.check()
    carl.get_by_role("button", name="Add profile").click()
    carl.get_by_role("heading", name="Office").wait_for()
    return {
        "guarded": lumen,
        "locked": locked,
        "covered": covered,
        "own_covered": own_covered,
        "own_claim": _address(carl, "/admin-portal/samsung-care-plus/claims/", "SC-77"),
        "own_campaign": _address(carl, "/admin-portal/knox-e-fota/things/campaign/", "Winter update"),
        "claim": _address(alice, f"{at}/samsung-care-plus/claims/", "SC-1042"),
        "profile": _address(alice, f"{at}/knox-configure/things/profile/", "Driver phones"),
        "campaign": _address(alice, f"{at}/knox-e-fota/things/campaign/", "Autumn update"),
        "own_profile": _address(carl, "/admin-portal/knox-configure/things/profile/", "Office"),
        "preferences": _preferences(alice, f"{at}/resellers/"),
        "own_preferences": _preferences(carl, "/admin-portal/resellers/"),
    }


def _claim(page: Page, portal: str, device: str, reference: str) -> None:
    page.goto(f"{portal}/samsung-care-plus/claims/new/")
    acts.fill(page, {"Device": device, "Reference number": reference, "Reason": "The screen broke."}, {}, ())
    page.get_by_role("button", name="Open claim").click()
    page.get_by_role("heading", name=f"Claim {reference}").wait_for()


def _of_bulk_acts(visits: Visits, stack: Stack) -> dict[str, str]:
    """Acts that a worker did in each portal, and that changed nothing: no device has the tag."""
    alice = visits(acts.ALICE, at="/customers/")
    fjordline = alice.get_by_label(f"Select {FJORDLINE}").get_attribute("value")
    found = {}
    with stack.setting("act_at_once", 0):
        for name, page, portal in (
            ("bulk_act", alice, f"/customers/{fjordline}"),
            ("own_bulk_act", visits(acts.CARL), "/admin-portal"),
        ):
            page.goto(f"{portal}/devices/tags/?all=1")
            page.get_by_role("textbox", name="Tags").fill("nobody-has-it")
            page.get_by_role("button", name="Remove tags").click()
            page.get_by_text("Had none of the tags").wait_for()
            found[name] = page.url
    return found


def _device(page: Page, console: str) -> tuple[str, str]:
    """The key and the number of the last device in this list of a console: other tests act on the first."""
    page.goto(console)
    box = page.get_by_role("region", name="Devices table").locator("tbody input[type=checkbox]").last
    return box.get_attribute("value") or "", (box.get_attribute("aria-label") or "").removeprefix("Select ")


def _address(page: Page, listed: str, name: str) -> str:
    """Where the first link of this name leads in a list's rows."""
    page.goto(listed)
    return page.locator("tbody").get_by_role("link", name=name).first.get_attribute("href") or ""


def _preferences(page: Page, listed: str) -> str:
    """Of the first reseller of the list, also where it is not registered yet."""
    page.goto(listed)
    return (page.locator(".sellers form").first.get_attribute("action") or "") + "preferences/"


def _last(page: Page, address: str, name: str, *, table: str = "") -> str:
    """The number in the address of the first such link, in this table or on the page."""
    page.goto(address)
    rows = page.get_by_role("region", name=table).locator("tbody") if table else page.get_by_role("main")
    return (rows.get_by_role("link", name=name).first.get_attribute("href") or "").split("/")[-2]
