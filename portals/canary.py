"""The isolation canary: a hidden company whose name nobody but Samsung may ever be shown (docs/adr/0035).

`keep` makes it, `listen` asks PostgreSQL as real people whether it shows them the canary, and the middleware `cage`
withholds a page with its name. Each of them tells Samsung. The name comes out of SECRET_KEY, so that no page needs a
query to know it.
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache

from django.conf import settings
from django.core.cache import cache as shared
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import SAMSUNG_ADMINS, User
from devices.models import Approval, Device, DeviceModel, Upload
from mail import outbox
from portals import refusals
from tenants import public_ids
from tenants.models import Customer, CustomerService, KnoxService, Management, Msp
from tenants.regions import Region

logger = logging.getLogger(__name__)
_SAMPLE = 20
"""People whom a run asks for: some seconds for the largest portal."""
_QUIET = 3600
"""Seconds between two letters about the same finding."""
_OWNERS = {"customer_id": "customer", "msp_id": "msp"}
_TABLES = """
SELECT c.table_name::text, c.column_name::text
  FROM information_schema.columns c JOIN pg_class r ON r.oid = format('%%I', c.table_name)::regclass
 WHERE c.table_schema = 'public' AND r.relkind = 'r' AND c.column_name = ANY (%s)
   AND has_table_privilege(current_user, r.oid, 'SELECT')
 ORDER BY 1, 2
"""


@cache
def marker() -> str:
    """The name of the canary, and its device's number: eleven signs that stand nowhere by chance."""
    return "ZQ" + salted_hmac("portals.canary", "marker", algorithm="sha256").hexdigest()[:9].upper()


def company() -> str:
    """What the canary's company is called."""
    return f"Canary {marker()}"


@transaction.atomic
def keep() -> Customer:
    """The canary, made where there is none: an MSP without people, its customer, and a device."""
    with as_operator():
        found = Customer.objects.filter(name=company(), deleted_at=None).first()
        return found or _make()


def listen(*, sample: int = _SAMPLE) -> list[str]:
    """Ask as some people, and as nobody, for the canary's rows. Returns who was shown which, in sentences."""
    canary = keep()
    with as_operator():
        msp = canary.managements.values_list("msp_id", flat=True).get()
        people = _some_people(sample)
    own = {"customer": canary.pk, "msp": msp}
    heard = [sentence for person in [None, *people] for sentence in _shown(person, own)]
    if heard:
        sing("a query", "; ".join(heard))
    return heard


def sing(where: str, what: str) -> None:
    """Tell the log each time, and Samsung's people at most once an hour."""
    logger.critical("isolation is broken: %s shows the canary: %s", where, what)
    if shared.add(f"canary:{where.replace(' ', '-')}", 1, timeout=_QUIET):
        with transaction.atomic(), as_operator():
            for person in User.objects.filter(groups__name=SAMSUNG_ADMINS, is_active=True):
                outbox.write(
                    "portals/email/canary",
                    to=person.email,
                    name=person.first_name,
                    why="you decide for Samsung",
                    about=[],
                    context={"where": where, "what": what},
                )


def cage(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Withhold a response in which the canary's name stands, unless it is Samsung's own. Files that stream pass."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or marker().encode() not in response.content or _is_samsung(request):
            return response
        sing("a page", f"{request.method} {request.path}")
        return refusals.broken(request)

    return middleware


def _is_samsung(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_samsung_admin)


def _some_people(count: int) -> list[User]:
    """People of MSPs, customers and resellers, others each time; not Samsung's, who see everything in their portal."""
    people = User.objects.filter(is_active=True).exclude(groups__name=SAMSUNG_ADMINS)
    keys = list(people.filter(memberships__isnull=False).distinct().values_list("pk", flat=True))
    return list(people.filter(pk__in=random.sample(keys, min(count, len(keys)))))


def _shown(person: User | None, own: dict[str, int]) -> Iterator[str]:
    roles: list[Callable[[], AbstractContextManager[None]]] = [nullcontext, as_reseller]
    for role in roles:
        with acting_as(person), transaction.atomic(), role():
            for table in _seen(own):
                yield f"{table} to {f'person {person.pk}' if person else 'nobody'}"


def _seen(own: dict[str, int]) -> list[str]:
    """Tables of which PostgreSQL shows a row of the canary to whoever asks now. Each looks into an index."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(_OWNERS)])
        columns = [("tenants_customer", "id", own["customer"]), ("tenants_msp", "id", own["msp"])]
        columns = [one for one in columns if _may_read(one[0])]
        columns += [(table, column, own[_OWNERS[column]]) for table, column in cursor.fetchall()]
        parts = [
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table} WHERE {column} = {key:d})"  # noqa: S608  (the catalog's)
            for table, column, key in columns
        ]
        cursor.execute(" UNION ".join(parts) + " ORDER BY 1")
        return [table for (table,) in cursor.fetchall()]


def _may_read(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
        return bool(cursor.fetchone()[0])


def _make() -> Customer:
    now, address = timezone.now(), {"country": "DE", "address_1": marker(), "city": marker(), "zip_code": "10115"}
    msp = Msp.objects.create(
        public_id=public_ids.new(public_ids.Kind.MSP), name=company(), region=Region.EUROPE, suspended_at=now,
        suspended_reason="Nobody works here: a canary.", support_email=f"canary@{settings.MAIL_DOMAIN}", **address,
    )  # fmt: skip
    customer = Customer.objects.create(
        kcs_id=public_ids.new(public_ids.Kind.CUSTOMER), name=company(), modified_at=now,
        contact_email=f"canary@{settings.MAIL_DOMAIN}", **address,
    )  # fmt: skip
    Management.objects.create(customer=customer, msp=msp)
    CustomerService.objects.create(customer=customer, service=KnoxService.CONFIGURE)
    _device(customer)
    return customer


def _device(customer: Customer) -> None:
    now, sent = timezone.now(), {"channel": Upload.Channel.MSP, "customer": customer}
    upload = Upload.objects.create(
        **sent, target=customer, file_name=f"{marker()}.csv", file_hash="0" * 64, size=1, state=Upload.State.DONE,
        lines=1, added=1, ended_at=now,
    )  # fmt: skip
    approval = Approval.objects.create(
        **sent, upload=upload, sender_name=marker(), state=Approval.State.APPROVED, devices=1, is_complete=True,
        decided_at=now,
    )  # fmt: skip
    Device.objects.create(
        customer=customer, approval=approval, model=DeviceModel.objects.earliest("pk"), serial=marker(),
        state=Device.State.VERIFIED, added_at=now, modified_at=now,
    )  # fmt: skip
