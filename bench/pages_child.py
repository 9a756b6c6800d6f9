"""A process that opens pages of one database in itself, as told on its standard input, one JSON line at a time.

`{"email": …}` signs somebody in and answers with the addresses of the pages and the cookie; `{"url": …, "runs": n}`
opens one n times and answers with the seconds of each, by the clock and of CPU, its queries and its bytes. Several such
processes can take turns.
"""

import gc
import json
import sys
import time
from http import HTTPStatus
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  (apps first)
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.acting import acting_as  # noqa: E402
from accounts.models import User  # noqa: E402
from bench import bare, cpu  # noqa: E402
from services.modules import CONSOLES  # noqa: E402
from tenants import access  # noqa: E402
from tenants.models import Customer  # noqa: E402


def pages(email: str) -> dict[str, str]:
    """The main pages for this person, each with its address; the customer is the first that has devices."""
    user = User.objects.get(email=email)
    with acting_as(user):
        customer = _customer(user)
    of_customer = [customer.kcs_id]
    return {
        "bare": bare.ADDRESS,
        "customers": reverse("customer-list"),
        "customer": reverse("customer", args=of_customer),
        "devices_of_one": reverse("customer-devices", args=of_customer),
        "devices_of_all": reverse("all-devices"),
        "uploads": reverse("upload-list", args=of_customer),
        "approvals": reverse("approval-queue"),
        "licenses": reverse("license-list"),
        **{
            f"console_{one.slug}": reverse("customer-console", args=[*of_customer, one.slug])
            for one in CONSOLES.values()
        },
        "dashboard": reverse("msp-dashboard"),
        "activity": reverse("activity"),
        "palette": reverse("palette") + "?q=alder",
    }


@transaction.atomic
def _customer(user: User) -> Customer:
    """The first of those that this person sees, also where no policy hides the others."""
    own = Customer.objects.granted(user, access.VIEW)
    return own.filter(devices__isnull=False).order_by("pk")[:1].get()


def _open(client: Client, url: str, runs: int) -> dict[str, Any]:
    """Once to see what it costs, then against the clock."""
    with CaptureQueriesContext(connection) as captured:
        content = _get(client, url)
    queries = len(captured)  # the next request forgets them
    seconds, spent, backend = [], [], connection.connection.info.backend_pid
    for _ in range(runs):
        start, before = time.perf_counter(), cpu.spent(backend)
        client.get(url)
        seconds.append(time.perf_counter() - start)
        spent.append(cpu.spent(backend) - before)
    return {"seconds": seconds, "cpu": spent, "queries": queries, "bytes": len(content)}


def _get(client: Client, url: str) -> bytes:
    response = client.get(url)
    if response.status_code != HTTPStatus.OK:
        sys.exit(f"{url}: {response.status_code}")
    return response.content


def _warm(client: Client, addresses: dict[str, str], *, freeze: bool) -> None:
    """What is made on the first use, is there; and the collector need not look at it again."""
    for url in addresses.values():
        _get(client, url)
    if freeze:
        gc.collect()
        gc.freeze()


def main() -> None:
    client = Client(headers={"host": "localhost"})
    for line in sys.stdin:
        asked = json.loads(line)
        if "email" in asked:
            client.logout()
            client.force_login(User.objects.get(email=asked["email"]))
            addresses = pages(asked["email"])
            _warm(client, addresses, freeze=asked.get("freeze", True))
            cookie = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
            answer: dict[str, Any] = {"pages": addresses, "cookie": cookie}
        else:
            answer = _open(client, asked["url"], asked["runs"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
