"""The Knox Deployment App: phones of direct customers join by a code, one by one (FAQ Q16)."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from accounts.rate_limits import LIMITS, Limit
from audit.models import Event, Side
from devices import deployment_app, singles
from devices.models import Approval, Device, EnrollmentCode, Upload
from onboarding import consents, customers, requests
from rules.errors import RuleBroken
from tenants.models import Access, KnoxService
from tests import world as cast
from tests.devices.sending import AMERICA, MEID, SERIAL, added, imei
from tests.mail.letters import newest_token

MANAGED = (
    "The Knox Deployment App is for direct customers only. Contoso has an MSP. Its reseller or its MSP uploads the "
    "devices."
)
UNKNOWN = "This code does not work. Ask the person who gave it to you for a new one."


@pytest.fixture
def code(world):
    """The code of Contoso, a direct customer."""
    with acting_as(world.carl), transaction.atomic():
        return deployment_app.make(world.contoso, by=world.carl).code


def enroll(code, typed, model=""):
    return deployment_app.enroll(code, typed=typed, model=model)


def refusal(act):
    with pytest.raises(RuleBroken) as no:
        act()
    return str(no.value), no.value.status


def approve_msp(world):
    """Contoso agrees that Aurora manages it."""
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.FULL, by=world.alice
        )
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Bauer")


# Codes


def test_a_code_has_22_letters_and_stays(world, code):
    with acting_as(world.carl), transaction.atomic():
        again = deployment_app.make(world.contoso, by=world.carl)

    assert (len(code), again.code) == (22, code)


def test_a_new_code_stops_the_old_one(world, code):
    with acting_as(world.carl), transaction.atomic():
        new = deployment_app.renew(world.contoso, by=world.carl)

    assert refusal(lambda: enroll(code, imei(1))) == (UNKNOWN, 404)
    assert enroll(new.code, imei(1)).customer == world.contoso


def test_a_managed_customer_gets_no_code(world):
    karin, company = super_admin(world)

    with acting_as(karin), transaction.atomic():
        no = refusal(lambda: deployment_app.make(company, by=karin))

    assert no == (MANAGED.replace("Contoso", "Kestrel"), 422)
    with as_operator():
        assert not EnrollmentCode.objects.exists()


def super_admin(world):
    company, karin = cast.full_access(world.aurora, world.alice, "Kestrel"), cast.person("karin@kestrel.example")
    with as_operator():
        cast.memberships.join(karin, company.roles.super_admin(), by=karin, side=Side.CUSTOMER)
    return karin, company


@pytest.mark.parametrize("who", ["alice", "rita", "nora"])
def test_nobody_else_makes_a_code(world, who):
    person = getattr(world, who)

    with acting_as(person), transaction.atomic(), pytest.raises(Exception, match=r"Customer matching|does not exist"):
        deployment_app.make(world.contoso, by=person)


# Enrolling


@pytest.mark.parametrize(("typed", "model", "column"), [
    (imei(1), "", "imei"), (imei(1), "SM-S921B", "imei"), (f" {imei(1)[:8]}-{imei(1)[8:]} ", "", "imei"),
    (SERIAL.lower(), "sm-s921b", "serial"), (MEID, "SM-S921B", "meid"),
])  # fmt: skip
def test_a_phone_joins_at_once(world, code, typed, model, column):
    device = enroll(code, typed.strip(), model)

    with as_operator():
        device = Device.objects.select_related("approval__upload", "model").get(pk=device.pk)
    approval, upload = device.approval, device.approval.upload
    assert (device.customer_id, device.state, device.model.code) == (world.contoso.pk, "verified", "SM-S921B")
    assert getattr(device, column) == device.identifier
    assert (approval.state, approval.devices, approval.is_complete) == (Approval.State.APPROVED, 1, True)
    assert (upload.channel, upload.state, upload.lines, upload.added) == (Upload.Channel.APP, "done", 1, 1)


def test_the_history_names_the_app(world, code):
    enroll(code, imei(1))

    with as_operator():
        event = Event.objects.of_customer(world.contoso.pk).first()
    assert str(event) == f"Knox Deployment App enrolled {imei(1)} with the Knox Deployment App"


@pytest.mark.parametrize(("typed", "model", "problem", "sentence"), [
    ("12345", "", "DEVICE_IMEI_INVALID", "This IMEI has 5 digits. It needs 15."),
    (imei(1)[:-1], "", "DEVICE_IMEI_INVALID", "This IMEI has 14 digits and needs 15. A spreadsheet"),
    (imei(1)[:-1] + str((int(imei(1)[-1]) + 1) % 10), "", "DEVICE_IMEI_INVALID", "One digit of this IMEI is wrong"),
    (SERIAL, "", "DEVICE_INVALID", "A serial number does not tell the model."),
    (SERIAL, "SM-X", "DEVICE_INVALID", "We do not know the model of this device."),
    (imei(1, "11111111"), "", "DEVICE_INVALID", "We do not know the model of this device."),
    (imei(1, AMERICA), "", "DEVICE_INVALID", "Galaxy S24 (SM-S921U) is a device for North America. This customer"),
    ("=1+1", "", "RESOURCE_INVALID_PARAM", "This cell starts like a formula."),
])  # fmt: skip
def test_what_is_wrong_is_said_as_in_an_upload(world, code, typed, model, problem, sentence):
    with pytest.raises(singles.Refused) as no:
        enroll(code, typed, model)

    assert (no.value.problem.name, no.value.status) == (problem, 422)
    assert str(no.value).startswith(sentence)
    with as_operator():
        assert not Upload.objects.filter(channel=Upload.Channel.APP).exists()


def test_a_phone_joins_once(world, code):
    enroll(code, imei(1))

    again = refusal(lambda: enroll(code, imei(1)))

    assert again[0].startswith("You uploaded this device to this customer on ")


def test_a_phone_of_somebody_else_stays_there(world, code):
    added(world.alice, [imei(1)], customer=world.first)

    no = refusal(lambda: enroll(code, imei(1)))

    assert no == (
        "This device is already in Knox, and a device can be in one place. Ask the person who sold it, or open a "
        "ticket.",
        422,
    )
    with as_operator():
        assert Device.objects.get(imei=imei(1)).customer == world.first


# Managed


def test_with_the_consent_the_code_stops_and_says_why(world, code):
    enroll(code, imei(1))

    approve_msp(world)

    assert refusal(lambda: enroll(code, imei(2))) == (MANAGED, 422)
    with as_operator():
        assert Device.objects.filter(customer=world.contoso).count() == 1


def test_with_the_consent_the_code_of_another_company_goes_on(world, code):
    data = cast.CUSTOMER_FIELDS | {"name": "Kestrel", "contact_email": "karin@kestrel.example"}
    with acting_as(world.sam), as_operator():
        kestrel = customers.register(by=world.sam, services=[KnoxService.CONFIGURE], **data)
        other = deployment_app.make(kestrel, by=world.sam).code
        assert deployment_app.code_of(kestrel).code == other

    approve_msp(world)

    assert enroll(other, imei(2)).customer == kestrel


def test_a_closed_code_does_not_work_again_when_the_msp_has_left(world, code):
    with as_operator():
        deployment_app.close(world.contoso)

    no = refusal(lambda: enroll(code, imei(1)))

    assert no == (UNKNOWN, 404)


# The page of the company


def test_a_direct_customer_makes_its_code_on_the_page(world, client):
    client.force_login(world.carl)
    url = reverse("deployment-app")

    empty = client.get(url)
    made = client.post(url, {"act": "make"}, follow=True)

    with as_operator():
        code = EnrollmentCode.objects.get(customer=world.contoso).code
    assert b"Contoso has no code yet" in empty.content
    assert f"/enroll/{code}/" in made.content.decode()
    assert (b'<svg role="img"' in made.content, b"style=" in made.content) == (True, False)


def test_make_a_new_code_on_the_page(world, client, code):
    client.force_login(world.carl)

    response = client.post(reverse("deployment-app"), {"act": "renew"}, follow=True)

    assert code not in response.content.decode()
    assert client.get(f"/enroll/{code}/").status_code == 404


def viewer(world):
    viola = cast.person("viola@contoso.example")
    with as_operator():
        cast.memberships.join(viola, world.contoso.roles.get(name="Viewer"), by=world.carl, side=Side.CUSTOMER)
    return viola


def test_who_only_views_the_company_reads_no_code(world, client, code):
    client.force_login(viewer(world))

    shown = client.get(reverse("deployment-app"))

    assert "To see it you need the right to change the company" in shown.text
    assert (code in shown.text, "<svg role=" in shown.text) == (False, False)


def test_who_only_views_the_company_makes_no_code(world, client):
    client.force_login(viewer(world))

    assert client.get(reverse("deployment-app")).status_code == 200
    assert client.post(reverse("deployment-app"), {"act": "make"}).status_code == 403
    with as_operator():
        assert not EnrollmentCode.objects.exists()


def test_the_page_of_a_managed_customer_says_why_there_is_none(world, client):
    karin, _ = super_admin(world)
    client.force_login(karin)

    shown = client.get(reverse("deployment-app"))
    posted = client.post(reverse("deployment-app"), {"act": "make"})

    assert (shown.status_code, posted.status_code) == (200, 422)
    for response in (shown, posted):
        assert MANAGED.replace("Contoso", "Kestrel") in response.content.decode()
        assert b"Make code" not in response.content


# The phone


def test_a_phone_sees_the_company_and_joins(world, client, code):
    shown = client.get(f"/enroll/{code}/")
    done = client.post(f"/enroll/{code}/", {"device": imei(1)})

    assert b"Add a device to Contoso" in shown.content
    assert (done.status_code, f"{imei(1)} belongs to Contoso now." in done.content.decode()) == (200, True)


def test_a_phone_reads_what_is_wrong_at_the_field(world, client, code):
    response = client.post(f"/enroll/{code}/", {"device": SERIAL})

    assert response.status_code == 422
    assert response.context["form"].errors["model"] == [
        "A serial number does not tell the model. Add the model code under Model, for example SM-S921B."
    ]
    assert SERIAL in response.content.decode()


def test_the_app_reads_json(world, client, code):
    head = {"Accept": "application/json"}

    looked = client.get(f"/enroll/{code}/", headers=head)
    done = client.post(f"/enroll/{code}/", {"device": imei(1)}, headers=head)
    wrong = client.post(f"/enroll/{code}/", {"device": imei(1, AMERICA)}, headers=head)
    empty = client.post(f"/enroll/{code}/", headers=head)
    unknown = client.post("/enroll/nobody/", {"device": imei(2)}, headers=head)

    assert looked.json() == {"customer": "Contoso"}
    assert (done.status_code, done.json()) == (201, {"device": imei(1), "customer": "Contoso"})
    assert (wrong.status_code, wrong.json()["problem"], wrong.json()["code"]) == (422, "DEVICE_INVALID", 40000004)
    assert (empty.status_code, empty.json()) == (422, {"message": "Enter IMEI or serial number."})
    assert (unknown.status_code, unknown.json()) == (404, {"message": UNKNOWN})


def test_the_app_needs_no_csrf_token(world, code):
    response = Client(enforce_csrf_checks=True).post(f"/enroll/{code}/", {"device": imei(1)})

    assert response.status_code == 200


def test_an_unknown_code_tells_nothing(world, client, code):
    answers = [client.get(f"/enroll/{one}/") for one in ("nobody", code[:-1], code.swapcase(), "x" * 400)]

    assert {one.status_code for one in answers} == {404}
    assert {one.context["reason"] for one in answers} == {UNKNOWN}
    assert b"Contoso" not in answers[0].content


def test_a_managed_customers_phone_reads_why(world, client, code):
    approve_msp(world)

    shown, posted = client.get(f"/enroll/{code}/"), client.post(f"/enroll/{code}/", {"device": imei(1)})

    assert (shown.status_code, posted.status_code) == (422, 422)
    assert MANAGED in shown.content.decode()
    assert MANAGED in posted.content.decode()


@pytest.mark.parametrize(("tried", "address"), [("{code}", "10.0.0.{n}"), ("other{n}", "10.0.0.9")])
def test_too_many_tries_with_a_code_or_from_an_address_wait(world, client, code, monkeypatch, tried, address):
    monkeypatch.setitem(LIMITS, "enroll", Limit(2, 3600, "enrolled devices", "an hour"))

    def post(number, **more):
        url = f"/enroll/{tried.format(code=code, n=number)}/"
        return client.post(url, {"device": imei(number)}, REMOTE_ADDR=address.format(n=number), **more)

    first = [post(number).status_code for number in range(2)]
    page, app = post(2), post(3, headers={"Accept": "application/json"})

    assert 429 not in first
    assert (page.status_code, app.status_code) == (429, 429)
    assert int(app["Retry-After"]) > 0
