"""The FAQ about customers: how they come to an MSP, what they may do themselves, and how they go."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.faq.steps import open_console
from tests.live import acts
from tests.live.browsing import PHONE, Visits
from tests.live.stack import Stack


def test_q01_an_msp_adds_a_customer_with_one_form_and_nobody_else_is_asked(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    acts.launch(alice, "Knox MSP Portal")

    kcs_id = acts.add_customer(alice, "Havel Logistik", **{"Work email": "karin@havel.example"})

    expect(alice.get_by_role("status").filter(has_text="is Active")).to_contain_text("Havel Logistik is Active.")
    assert re.fullmatch(r"\d{10}", kcs_id)
    assert _luhn_sum(kcs_id) % 10 == 0
    stack.letter(acts.ALICE, "Havel Logistik is Active")
    assert stack.inbox.letters("karin@havel.example") == []
    assert not [letter for letter in stack.inbox.letters(acts.SAM) if "Havel" in letter.subject + letter.text]
    _one_click_to_another_customer(alice, here="Havel Logistik", there="Fjordline Freight")


def _one_click_to_another_customer(page: Page, *, here: str, there: str) -> None:
    """One sign-in serves all customers: the click leads there at once, and back."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    page.get_by_role("main").get_by_role("link", name=there).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(there)
    page.get_by_role("list", name="Switch to").get_by_role("link", name=here).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(here)


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled)


def test_q01_one_click_leads_from_a_console_to_the_same_console_of_another_customer(visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    open_console(alice, "Fjordline Freight", "Knox Configure")

    alice.get_by_text("Switch customer").last.click()
    alice.get_by_role("navigation", name="Knox Configure of other customers").get_by_role("link").first.click()

    expect(alice.get_by_role("heading", level=1)).to_have_text("Knox Configure")
    expect(alice.get_by_role("main")).not_to_contain_text("Fjordline Freight, KCS")
    alice.get_by_role("link", name="Return to customer").click()
    expect(alice.get_by_role("link", name="Open console of Knox Configure")).to_be_visible()


@pytest.mark.late(2)
def test_q05_an_existing_customer_is_added_by_its_id_and_its_own_approval(stack: Stack, visit: Visits) -> None:
    alice, carl = visit(acts.ALICE, at="/customers/"), visit(acts.CARL)
    kcs_id = acts.own_kcs_id(carl)
    acts.ask(alice, kcs_id, "Knox Configure", "Knox Mobile Enrollment")
    letter = stack.letter(acts.CARL, "Aurora Managed Mobility asks to manage Knox for Contoso GmbH")
    assert kcs_id in letter.text
    phone = visit(at=letter.link, width=PHONE)

    _says_who_asks_and_what_changes(phone)
    _looking_changes_nothing(phone, letter.link, carl)
    acts.answer(phone, letter.link)
    phone.get_by_role("button", name="Approve Aurora Managed Mobility").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Aurora Managed Mobility now manages Knox for Contoso GmbH."
    )
    _is_out_at_the_next_click(carl)
    alice.goto("/customers/")
    expect(alice.get_by_role("row").filter(has_text="Contoso GmbH")).to_contain_text("Active")
    _both_sides_have_a_receipt(stack, phone, kcs_id)
    _works_once(phone, letter.link)


def _says_who_asks_and_what_changes(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Aurora Managed Mobility asks to manage Knox for Contoso GmbH"
    )
    expect(page.get_by_role("region", name="Who asks")).to_contain_text("Aurora Managed Mobility, Stockholm, Sweden.")
    expect(page.get_by_role("region", name="Who asks")).to_contain_text("help@aurora.example")
    about = page.get_by_role("region", name="What it is about")
    expect(about).to_contain_text("Services: Knox Configure and Knox Mobile Enrollment.")
    expect(about).to_contain_text("Your own access afterwards: No access.")
    expect(page.get_by_role("region", name="What changes")).to_contain_text("the management rights move to Aurora")
    expect(page.get_by_role("region", name="What you lose")).to_contain_text(
        "Your 1 administrator can no longer open Knox Configure"
    )
    expect(page.get_by_role("region", name="What stays")).to_contain_text("Your licenses stay yours.")


def _looking_changes_nothing(page: Page, link: str, customer: Page) -> None:
    """What a mail scanner does."""
    answers = [page.request.head(link), *(page.request.get(link) for _ in range(10))]
    assert {answer.status for answer in answers} == {200}
    customer.reload()
    expect(customer.get_by_role("region", name="MSP")).to_contain_text("Contoso GmbH has no MSP.")


def _is_out_at_the_next_click(customer: Page) -> None:
    """In a session that was open all the time."""
    customer.get_by_role("navigation", name="Main").get_by_role("link", name="Company").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("No access")
    expect(customer.get_by_role("main")).to_contain_text(
        "Aurora Managed Mobility manages Knox for Contoso GmbH, and Contoso GmbH has No access. The services stay "
        "closed for you. Ask Aurora Managed Mobility for Full access: "
    )
    customer.goto("/")
    expect(customer.get_by_role("button", name="LAUNCH Knox Admin Portal")).to_have_count(0)


def _both_sides_have_a_receipt(stack: Stack, page: Page, kcs_id: str) -> None:
    """The customer's names who approved and can end it all; the MSP's can do neither."""
    stack.letter(acts.ALICE, "Contoso GmbH approved your request")
    theirs, ours = (
        stack.letter(to, "Receipt: Aurora Managed Mobility manages Knox for Contoso GmbH")
        for to in (acts.CARL, acts.ALICE)
    )
    assert "Carl Bauer approved the request" in theirs.text
    assert "/end/" in theirs.text
    assert "Carl" not in ours.text
    assert "/end/" not in ours.text
    for letter in (theirs, ours):
        assert kcs_id in letter.text
        (kept,) = letter.message.iter_attachments()
        assert kept.get_content().startswith(b"%PDF")
    page.goto(theirs.link)
    expect(page.get_by_role("region", name="Receipt", exact=True)).to_contain_text("Carl Bauer")
    expect(page.get_by_role("link", name="End management")).to_be_visible()


def _works_once(page: Page, link: str) -> None:
    answer = page.goto(link)
    assert answer
    assert answer.status == 410
    expect(page.get_by_role("main")).to_contain_text("Contoso GmbH already answered this request on")
    expect(page.get_by_role("main")).to_contain_text("A link works once.")


def test_q07_a_customer_has_no_access_until_its_msp_gives_it_and_then_for_good(stack: Stack, visit: Visits) -> None:
    alice, vera = visit(acts.ALICE, at="/customers/"), visit()
    acts.add_customer(alice, "Vela Reederei", **{"Work email": VERA})
    expect(alice.get_by_role("region", name="Facts")).to_contain_text("No access")
    stack.letter(acts.ALICE, "Vela Reederei is Active")
    assert stack.inbox.letters(VERA) == []

    alice.get_by_role("link", name="Change access").click()
    expect(alice.get_by_role("main")).to_contain_text("You cannot take this back.")
    alice.get_by_label("Type Vela Reederei to go on").fill("Vela")
    alice.get_by_role("button", name="Give Full access").click()
    expect(alice.get_by_role("main")).to_contain_text("Type Vela Reederei exactly as shown")
    alice.get_by_label("Type Vela Reederei to go on").fill("Vela Reederei")
    alice.get_by_role("button", name="Give Full access").click()

    expect(alice.get_by_role("region", name="Facts")).to_contain_text("Full access")
    letter = stack.letter(VERA, "Vela Reederei has Full access now")
    assert "It cannot take this back and goes on managing too." in letter.text
    acts.join(vera, letter.link)
    acts.launch(vera, "Knox Admin Portal")
    expect(vera.get_by_role("heading", level=1)).to_have_text("Vela Reederei")
    _cannot_be_taken_back(alice)


VERA = "vera@vela.example"


def _cannot_be_taken_back(page: Page) -> None:
    """Neither by a link on the customer's page nor by the address of the page behind it."""
    expect(page.get_by_role("link", name="Change access")).to_have_count(0)
    page.goto(f"{page.url.partition('?')[0]}access/")
    expect(page.get_by_role("main")).to_contain_text(
        "Vela Reederei has Full access. You can give access but not take it back."
    )
    expect(page.get_by_role("button", name="Give Full access")).to_be_disabled()


def test_q07_a_customer_with_access_asks_its_msp_to_end_the_management(stack: Stack, visit: Visits) -> None:
    alice, wim = visit(acts.ALICE, at="/customers/"), visit()
    acts.add_customer(alice, "Witt Spedition", access="Full access", **{"Work email": WIM})
    acts.join(wim, stack.letter(WIM, "Witt Spedition has Full access").link)
    wim.goto("/admin-portal/")

    wim.get_by_role("button", name="Ask Aurora Managed Mobility to end it").click()
    alice.goto(stack.letter(acts.ALICE, "Witt Spedition asks for a delink").link)
    alice.get_by_label("Reason").fill("Your contract runs until May.")
    alice.get_by_role("button", name="Reject delink of Witt Spedition").click()

    assert "Your contract runs until May." in stack.letter(WIM, "Aurora Managed Mobility goes on managing").text
    wim.reload()
    expect(wim.get_by_role("main")).to_contain_text("Its reason: Your contract runs until May.")
    _asks_again_and_is_let_go(stack, wim, alice)


WIM = "wim@witt.example"


def _asks_again_and_is_let_go(stack: Stack, customer: Page, msp: Page) -> None:
    """The MSP sees nothing of it from that moment on; the customer goes on by itself."""
    customer.get_by_role("button", name="Ask Aurora Managed Mobility to end it").click()
    msp.goto("/customers/?q=Witt")
    expect(msp.get_by_role("row").filter(has_text="Witt Spedition")).to_contain_text("Delink requested by customer")
    msp.get_by_role("main").get_by_role("link", name="Witt Spedition").click()
    msp.get_by_role("link", name="Read the request").click()
    msp.get_by_text("Approve delink of Witt Spedition").click()
    msp.get_by_role("button", name="Let Witt Spedition go").click()

    expect(msp.get_by_role("status").filter(has_text="You no longer manage")).to_contain_text("Witt Spedition")
    expect(msp.get_by_role("main").get_by_role("link", name="Witt Spedition")).to_have_count(0)
    stack.letter(WIM, "Aurora Managed Mobility no longer manages Witt Spedition")
    customer.reload()
    expect(customer.get_by_role("region", name="MSP")).to_contain_text("Witt Spedition has no MSP.")


def test_q11_samsung_deletes_a_customer_after_a_ticket_and_no_msp_does(stack: Stack, visit: Visits) -> None:
    alice, tom = visit(acts.ALICE, at="/customers/"), visit(acts.TOM)
    kcs_id = acts.add_customer(alice, "Ebbe Rederi", **{"Work email": "sven@ebbe.example"})
    _finds_no_way_to_delete(alice, kcs_id)

    ticket = acts.ask_for_deletion(alice, "Ebbe Rederi", reason="It closed down.")
    _works_on(alice, kcs_id)
    with stack.setting("deletion_undo_days", 0):
        _two_admins_agree(visit, ticket, kcs_id)

    stack.letter(acts.ALICE, "Ebbe Rederi is deleted")
    stack.letter("sven@ebbe.example", "Ebbe Rederi is deleted")
    gone = alice.goto(f"/customers/{kcs_id}/")
    assert gone
    assert gone.status == 404
    alice.goto(f"/tickets/{ticket}/")
    expect(alice.get_by_role("region", name="Customer deletion")).to_contain_text("Samsung deleted the customer")
    expect(alice.get_by_role("main")).not_to_contain_text("Ebbe Rederi")
    hidden = tom.goto(f"/tickets/{ticket}/")
    assert hidden
    assert hidden.status == 404


def test_q11_a_planned_deletion_is_undone_and_nothing_is_lost(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(alice, "Fiskeby Papir", **{"Work email": "sven@fiskeby.example"})
    ticket = acts.ask_for_deletion(alice, "Fiskeby Papir", reason="It closed down.")

    sam = _two_admins_agree(visit, ticket, kcs_id)
    stack.letter(acts.ALICE, "Fiskeby Papir: Samsung plans the deletion for")
    sam.get_by_role("button", name="Undo the deletion").click()

    stack.letter(acts.ALICE, "Fiskeby Papir stays")
    _works_on(alice, kcs_id)


def _finds_no_way_to_delete(page: Page, kcs_id: str) -> None:
    """The customer's page says who deletes, and its address takes no such act."""
    page.goto(f"/customers/{kcs_id}/")
    expect(page.get_by_role("main")).to_contain_text("An MSP cannot delete a customer.")
    expect(page.get_by_role("button", name=re.compile("delete", re.IGNORECASE))).to_have_count(0)
    assert page.request.delete(f"/customers/{kcs_id}/").status in (403, 405)
    assert page.request.get(f"/customers/{kcs_id}/delete/").status == 404


def _works_on(page: Page, kcs_id: str) -> None:
    """Until Samsung decides, and after it changed its mind, all is as before."""
    page.goto(f"/customers/{kcs_id}/")
    expect(page.get_by_role("link", name="Upload devices")).to_be_visible()


def _two_admins_agree(visit: Visits, ticket: int, kcs_id: str) -> Page:
    """Sam starts it and may not approve it; Kim does. Returns Kim's page."""
    sam, kim = visit(), visit()
    for page, person in ((sam, acts.SAM), (kim, acts.KIM)):
        acts.sign_in(page, person)
        page.goto(f"/samsung/tickets/{ticket}/")
    sam.get_by_role("button", name="Start deletion").click()
    acts.enter_password_again(sam)
    expect(sam.get_by_role("main")).to_contain_text(
        "You started this deletion. A second Samsung admin must approve it."
    )
    expect(sam.get_by_role("button", name="Approve deletion")).to_be_disabled()
    kim.reload()
    kim.get_by_label(f"Type {kcs_id} to go on").fill(kcs_id)
    kim.get_by_role("button", name="Approve deletion").click()
    acts.enter_password_again(kim)
    expect(kim.get_by_role("region", name="Customer deletion")).to_contain_text("Planned for")
    return kim
