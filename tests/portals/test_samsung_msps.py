"""Samsung's list of MSPs: how it sorts, and that the file has what the list shows."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from onboarding import endings
from tenants import msps
from tenants.models import Management, Membership, Msp
from tests.architecture.test_budget import MOST, queries

LIST = reverse("samsung-msps")


@pytest.fixture
def sam(world, client):
    client.force_login(world.sam)
    return client


def names(client, **query):
    return [one.name for one in client.get(LIST, query).context["page"].rows]


def exported(client, **query):
    text = client.get(LIST, {"csv": "1", **query}).text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("", ["Aurora", "Borealis"]),
        ("-name", ["Borealis", "Aurora"]),
        ("approved", ["Borealis", "Aurora"]),
        ("-approved", ["Aurora", "Borealis"]),
        ("no-such", ["Aurora", "Borealis"]),
    ],
)
def test_it_sorts_both_ways_and_the_file_has_its_order(world, sam, sort, found):
    assert names(sam, sort=sort) == found
    assert [row["Name"] for row in exported(sam, sort=sort)] == found


def test_the_file_has_what_the_filters_show(world, sam):
    with acting_as(world.sam), as_operator():
        msps.suspend(world.borealis, reason="The bill was not paid.", by=world.sam)

    page = sam.get(LIST, {"state": "suspended"})
    (row,) = exported(sam, state="suspended")

    assert "?state=suspended&amp;csv=1" in page.text
    assert (row["Name"], row["MSP ID"], row["Region"], row["State"], row["Support email"]) == (
        "Borealis", world.borealis.public_id, "North America", "Suspended", world.borealis.support_email,
    )  # fmt: skip
    assert row["Suspended"].endswith("Z")


@pytest.mark.parametrize("who", ["alice", "rita", "lena", "carl", "nora"])
def test_nobody_else_gets_the_file(world, client, who):
    client.force_login(getattr(world, who))

    assert client.get(LIST, {"csv": "1"}).status_code == 404


def test_the_file_costs_as_few_queries_as_a_page_may(world, sam):
    assert len(queries(sam, f"{LIST}?csv=1")) <= MOST


def test_samsung_reads_how_many_work_at_an_msp_and_how_many_it_manages(world, sam):
    with acting_as(world.sam), as_operator():
        blocked = Membership.objects.filter(msp=world.aurora, state=Membership.State.BLOCKED)
        counted = blocked.count(), Membership.objects.filter(msp=world.borealis).count()
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.second))

    told = [
        {name: page.context[name] for name in ("customers", "people")}
        for page in (sam.get(reverse("samsung-msp", args=[msp.public_id])) for msp in (world.aurora, world.borealis))
    ]

    assert counted == (1, 2)
    assert told == [{"customers": 1, "people": 4}, {"customers": 1, "people": 2}]


def test_samsung_opens_knox_guard_for_an_msp_once(world, sam):
    page = reverse("samsung-msp", args=[world.borealis.public_id])
    act = reverse("samsung-msp-open-guard", args=[world.borealis.public_id])
    assert act in sam.get(page).text

    answers = [sam.post(act).status_code for _ in range(2)]

    assert (answers, act in sam.get(page).text) == ([302, 409], False)
    with acting_as(world.bob):
        assert Msp.objects.get(pk=world.borealis.pk).knox_guard


def test_a_suspension_begins_once_and_ends_once(world, sam):
    suspend, resume = (reverse(f"samsung-msp-{act}", args=[world.borealis.public_id]) for act in ("suspend", "resume"))

    answers = [sam.post(url, {"reason": "Wait."}).status_code for url in (resume, suspend, suspend, resume, resume)]

    assert answers == [409, 302, 409, 302, 409]
