"""A customer's data goes from every app, in one transaction (FAQ Q11; docs/adr/0024).

Every table with a column `customer` loses its rows, also one that a later app brings, unless it stands in STAYS with
its reason. A model with more rows about the company says which by `about_company`. What stays are books: who bought
which key, that a company once agreed. They name nobody any more.
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit import events
from devices.models import BulkAct, Device, Upload, UploadLine
from licensing.models import License
from mail import outbox
from onboarding import receipts
from onboarding.models import Link, ManagementRequest
from services.models import Thing
from support.models import Attachment, Message, Ticket
from tenants import managements, organizations
from tenants.models import Address, Customer, Export, Management

NAME = "Deleted customer"
TAKEN_OUT = "Samsung took this text out when it deleted the customer."
STAYS = {
    "tenants.management": "says from when to when an MSP managed it",
    "onboarding.receipt": "proof of a consent: loses people and text, keeps its fingerprint",
    "onboarding.managementrequest": "a receipt points at it: loses name and place; goes where there is no receipt",
    "licensing.order": "what an MSP bought from a license reseller",
    "licensing.key": "a key serves one customer, for ever",
    "licensing.license": "belongs to its key: ends, and loses its name",
    "licensing.addition": "belongs to its key",
    "licensing.seatentry": "the ledger of seats",
    "services.move": "goes with its device",
    "support.ticket": "the question of an MSP: loses its texts, and no longer says whom it was about",
    "support.deletion": "says who decided what, and when",
}


def hold_work(customer_id: int) -> None:
    """Wait for workers that are at an upload or an act on devices of the customer. They lock these before it."""
    uploads = Upload.objects.filter(models.Q(customer=customer_id) | models.Q(target=customer_id))
    for rows in (uploads, BulkAct.objects.filter(customer=customer_id)):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def erase(customer: Customer) -> dict[str, int]:
    """Take everything of this customer away. Says how many rows of which kind went. Runs as the operator, locked."""
    _end_relations(customer)
    outbox.forget(customer.kcs_id)
    _forget_in_tickets(customer)
    _forget_in_uploads(customer)
    counts = {model._meta.verbose_name_plural: _drop(model, customer) for model in leaving()}
    License.objects.filter(customer=customer).update(name=NAME, deleted_at=timezone.now())
    requests = list(ManagementRequest.objects.filter(customer=customer))
    _forget_requests(customer)
    outbox.forget(customer.kcs_id)
    _empty(customer)
    receipts.forget(customer)
    events.forget(customer, customer_id=customer.pk, by=None, about=requests)
    return {str(kind): count for kind, count in counts.items() if count}


def leaving() -> list[type[models.Model]]:
    """The tables that lose their rows, those that point at others first."""
    ours = [model for model in apps.get_models() if _column(model) and model._meta.label_lower not in STAYS]
    return ours[::-1]  # apps and their models stand in the order in which they build on each other


def counted(customer: Customer) -> dict[str, int]:
    """What a deletion would take, in the words of words.md 6.2. Read as whoever asks; one query."""
    kinds = {
        "devices": Device.objects.all(),
        "licenses": License.objects.filter(deleted_at=None),
        "profiles": Thing.objects.all(),
    }
    numbers = [Coalesce(_number(rows), 0) for rows in kinds.values()]
    found = Customer.objects.filter(pk=customer.pk).values_list(*numbers).first() or [0] * len(kinds)
    return dict(zip(kinds, found, strict=True))


def _number(rows: models.QuerySet[Any]) -> models.Subquery:
    """How many of these rows are the customer's."""
    own = rows.filter(customer=models.OuterRef("pk")).order_by().values("customer")
    return models.Subquery(own.annotate(number=models.Count("pk")).values("number"))


def _column(model: type[models.Model]) -> bool:
    return any(field.name == "customer" and field.related_model is Customer for field in model._meta.concrete_fields)


def _drop(model: type[models.Model], customer: Customer) -> int:
    own = models.Q(customer=customer)
    about = getattr(model, "about_company", None)
    count, _ = model._base_manager.filter(about(customer) | own if about else own).delete()
    return count


def _end_relations(customer: Customer) -> None:
    """Nobody manages it from here on, nobody works there, and no letter or file about it goes out."""
    now = timezone.now()
    for management in Management.objects.filter(customer=customer, ended_at=None).select_related("msp"):
        managements.take(customer, of=management.msp)
        Export.objects.filter(msp=management.msp, requested_at__lte=now).update(content=None, ends_at=now)
    ended = {"state": Management.State.ENDED, "ended_at": now, "ending_at": None}
    Management.objects.filter(customer=customer, ended_at=None).update(**ended)
    Link.objects.filter(receipt__customer=customer).delete()
    organizations.end(customer)


def _forget_in_tickets(customer: Customer) -> None:
    """What people wrote about it, and the files that they sent."""
    about = Ticket.objects.filter(models.Q(about=customer) | models.Q(customer=customer))
    Attachment.objects.filter(ticket__in=about).delete()
    Message.objects.filter(ticket__in=about).exclude(author=None).update(text=TAKEN_OUT)
    about.update(about=None, page="", person_email="", subject=f"About the KCS Customer ID {customer.kcs_id}")


def _forget_in_uploads(customer: Customer) -> None:
    """A reseller keeps its uploads, without the lines that were for this customer."""
    UploadLine.objects.filter(models.Q(customer=customer) | models.Q(sender_customer=customer)).delete()
    Upload.objects.filter(target=customer, reseller__isnull=False).update(target=None, profile="")


def _forget_requests(customer: Customer) -> None:
    requests = ManagementRequest.objects.filter(customer=customer)
    requests.filter(receipt=None).delete()
    requests.update(customer_name=NAME, customer_city="", note="")


_GUARD = ("guard_domain", "guard_phone", "guard_email")


def _empty(customer: Customer) -> None:
    """The row stays, because receipts, keys and tickets point at it. The country is no secret of anybody."""
    for field in (*Address.ADDRESS_FIELDS, "industry", "tenant_prefix", "tenant_id", "tenant_type", *_GUARD):
        if field != "country":
            setattr(customer, field, "")
    customer.name, customer.contact_first_name, customer.contact_last_name = NAME, "", ""
    customer.contact_email = customer.contact_job_title = ""
    customer.tags = []
    customer.deleted_at = customer.modified_at = timezone.now()
    customer.save()
