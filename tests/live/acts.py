"""What people do in the portal, by what they see: labels, buttons and headings, never an id or a class."""

import re

from playwright.sync_api import Page, expect

PASSWORD = "knox-demo"
SAM, ALICE, TOM, BOB = "sam@samsung.example", "alice@aurora.example", "tom@aurora.example", "bob@borealis.example"
KIM = "kim@samsung.example"
RITA, LENA, CARL = "rita@resell.example", "lena@licenses.example", "carl@contoso.example"
MIRA, VIKTOR = "mira@freelance.example", "viktor@aurora.example"
IRIS = "iris@freelance.example"
HANNA, IVO, PEDRO = "hanna@polaris.example", "ivo@quickfix.example", "pedro@tropico.example"
AGREEMENTS = ("Terms of Use", "Privacy Policy", "Managed Services Terms and Conditions")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("/")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()


def fill(page: Page, texts: dict[str, str], choices: dict[str, str], ticks: tuple[str, ...]) -> None:
    """A form: what to type in which field, what to choose from which list, and which boxes to tick."""
    for label, text in texts.items():
        page.get_by_label(label, exact=True).fill(text)
    for label, choice in choices.items():
        page.get_by_label(label, exact=True).select_option(choice)
    for label in ticks:
        page.get_by_label(label, exact=True).check()


def _applicant(email: str, company: str) -> dict[str, str]:
    return {
        "First name": "Nora",
        "Last name": "Wiklund",
        "Work email": email,
        "Phone": "+46 8 123 45 67",
        "Company name": company,
        "Address 1": "Sveavägen 5",
        "City": "Stockholm",
        "Zip code": "111 57",
    }


def apply_as_msp(page: Page, email: str, company: str) -> None:
    """Fill in the application to the MSP Program from the first page on, and send it."""
    page.goto("/")
    page.get_by_role("link", name="APPLY to the Knox MSP Program").click()
    fill(
        page,
        _applicant(email, company) | {"Support phone": "+46 8 765 43 21", "Support email": f"help.{email}"},
        {"Country": "Sweden", "Region": "Europe", "Number of customers": "11-50"},
        ("Retail", "Knox Configure", *agreements()),
    )
    send_application(page)


def apply_as_reseller(page: Page, email: str, company: str, *, sells: str = "Devices", region: str = "Europe") -> None:
    """The same for the Knox Deployment Program."""
    page.goto("/")
    page.get_by_role("link", name="APPLY to the Knox Deployment Program").click()
    fill(
        page,
        _applicant(email, company) | {"Company registration number": "556677-8899"},
        {"Country": "Sweden", "What you sell": sells, "Devices a month": "101-1,000"},
        (region, *agreements()),
    )
    send_application(page)


def agreements() -> list[str]:
    return [f"I have read and agree to the Samsung Knox {name}" for name in AGREEMENTS]


def send_application(page: Page) -> None:
    page.get_by_role("button", name="Send application").click()


def confirm_email(page: Page, link: str, password: str = PASSWORD) -> None:
    """Follow the link in the first letter, choose a password, confirm."""
    page.goto(link)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Confirm email").click()
    page.wait_for_url("/")


def open_application(samsung: Page, company: str) -> None:
    """A Samsung admin finds the application in the queue."""
    samsung.goto("/")
    launch(samsung, "Samsung Admin Portal")
    samsung.get_by_role("navigation", name="Main").get_by_role("link", name="Applications").click()
    samsung.get_by_role("link", name=company).click()
    expect(samsung.get_by_role("heading", name=company, level=1)).to_be_visible()


def approve(samsung: Page, company: str) -> None:
    open_application(samsung, company)
    samsung.get_by_role("button", name="Approve").click()


def reject(samsung: Page, company: str, reason: str) -> None:
    open_application(samsung, company)
    press_reject(samsung, reason)


def press_reject(samsung: Page, reason: str) -> None:
    samsung.get_by_label("Reason").fill(reason)
    samsung.get_by_role("button", name="Reject").click()


def launch(page: Page, portal: str) -> None:
    page.get_by_role("button", name=f"LAUNCH {portal}").click()


def launch_only(page: Page, portal: str) -> None:
    """The same, and out of whichever portal the person is still in elsewhere (FAQ Q14)."""
    launch(page, portal)
    expect(page).to_have_title(re.compile(f"{portal}|Not authorized"))
    if "Not authorized" in page.title():
        page.get_by_role("button", name="Sign out there and continue").click()


def to_customers(page: Page) -> None:
    """From wherever one is in the MSP Portal to the list."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


def add_customer(page: Page, name: str, *, access: str = "No access", **texts: str) -> str:
    """Add a customer with the form and nothing else. Returns the KCS Customer ID that the page shows."""
    to_customers(page)
    page.get_by_role("link", name="ADD CUSTOMER").click()
    fill_customer(page, name, **texts)
    page.get_by_role("radio", name=access).check()
    page.get_by_role("button", name="ADD CUSTOMER").click()
    return kcs_id(page)


def fill_customer(page: Page, name: str, **texts: str) -> None:
    typed = {
        "Company name": name,
        "Address 1": "Hafenstr. 7",
        "City": "Hamburg",
        "Zip code": "20457",
        "First name": "Karin",
        "Last name": "Blom",
        "Work email": "karin.blom@customer.example",
        "Phone": "+49 40 555 0100",
    }
    choices = {"Country": "Germany", "Company size": "100-249", "Industry": "Transport and logistics"}
    fill(page, typed | texts, choices, ("Knox Configure",))


def kcs_id(page: Page) -> str:
    """The ID on the page of a customer just added."""
    shown = page.get_by_role("status").filter(has_text="KCS Customer ID").inner_text()
    return re.findall(r"\d{10}", shown)[0]


def own_kcs_id(customer: Page) -> str:
    """The ID that a customer's admin reads on the company page of the Knox Admin Portal."""
    customer.goto("/")
    launch(customer, "Knox Admin Portal")
    return re.findall(r"\d{10}", customer.get_by_role("region", name="Company", exact=True).inner_text())[0]


def look_up(page: Page, kcs_id: str) -> None:
    """An MSP looks up a company that uses Knox already."""
    page.goto("/customers/add/")
    page.get_by_role("link", name="Add an existing customer").click()
    page.get_by_label("KCS Customer ID", exact=True).fill(kcs_id)
    page.get_by_role("button", name="LOOK UP").click()


def ask(page: Page, kcs_id: str, *services: str) -> None:
    """Look it up and ask it, with No access for its own people."""
    look_up(page, kcs_id)
    fill(page, {}, {}, services)
    page.get_by_role("radio", name="No access").check()
    page.get_by_role("button", name="REQUEST TO ADD").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")


def answer(page: Page, link: str) -> None:
    """The customer opens the link in the letter and fills in its answer; no button is pressed yet."""
    page.goto(link)
    page.get_by_label("Your name").fill("Carl Bauer")
    page.get_by_label("I may decide this for").check()
    page.get_by_label("I know that our administrators lose their consoles").check()


def join(page: Page, link: str, password: str = PASSWORD) -> None:
    """Follow the link in the letter to a customer's contact person, and choose a password."""
    page.goto(link)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("/")


def send_devices(page: Page, *lines: str, **fields: str) -> None:
    """Paste device lines into the upload page of an MSP or a reseller, and send them."""
    page.get_by_label("Or paste here").fill("\n".join(lines))
    fill(page, fields, {}, ())
    page.get_by_role("button", name=re.compile("^(Check file|Upload devices)$")).click()


def send_as_reseller(page: Page, kcs_id: str, imei: str) -> None:
    """The reseller names a customer and sends one device for it."""
    page.goto("/reseller/customers/add/")
    page.get_by_label("KCS Customer ID", exact=True).fill(kcs_id)
    page.get_by_role("button", name="ADD CUSTOMER").click()
    page.goto("/reseller/upload/")
    send_devices(page, imei, **{"KCS Customer ID": kcs_id})
    expect(page.get_by_role("main")).to_contain_text("1 of 1 line added.")


def organization_id(page: Page, label: str) -> str:
    """The ten digits that the rail of a portal shows for the organization."""
    text = page.get_by_role("complementary").or_(page.get_by_role("navigation")).all_inner_texts()
    return re.findall(rf"{label}\s*(\d{{10}})", " ".join(text))[0]


def ask_for_deletion(page: Page, name: str, *, reason: str) -> int:
    """From the list of customers to the ticket. Returns its number."""
    page.goto("/customers/")
    page.get_by_role("main").get_by_role("link", name=name).click()
    page.get_by_role("link", name="Ask for deletion").click()
    page.get_by_label(f"Type {name} to go on").fill(name)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Ask Samsung to delete").click()
    page.wait_for_url("**/tickets/*/")
    return int(page.url.rstrip("/").rpartition("/")[2])


def count_alerts(page: Page) -> None:
    """Refresh on the dashboard, and the page that comes of it: nothing is read or pressed in the one before."""
    with page.expect_navigation():
        page.get_by_role("button", name="Refresh").click()


def enter_password_again(page: Page) -> None:
    """What cannot be brought back asks for the password first, then goes on by itself."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
