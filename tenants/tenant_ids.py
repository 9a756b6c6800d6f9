"""The tenant ID of a customer in Knox Manage: a domain, with a prefix where the domain is in use (knox.md 1.2)."""

from django.db import connection

from accounts.acting import as_operator
from rules.errors import RuleBroken
from tenants.models import Customer, KnoxService


def written(customer: Customer) -> str:
    """`berlin.fjordline.example`: the prefix, where the customer has one, and the domain of its contact's email."""
    domain = customer.contact_email.rpartition("@")[2]
    return f"{customer.tenant_prefix}.{domain}" if customer.tenant_prefix else domain


def check_free(customer: Customer) -> None:
    """Raises RuleBroken where another customer has this tenant ID, whoever manages it. Two that come at the same time
    come one after the other, until the transaction's end."""
    domain = customer.contact_email.rpartition("@")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tenant {domain}"])
    with as_operator():
        same = Customer.objects.filter(services__service=KnoxService.MANAGE, contact_email__endswith=f"@{domain}")
        taken = any(written(one).casefold() == written(customer).casefold() for one in same.exclude(pk=customer.pk))
    if taken:
        other = "another prefix" if customer.tenant_prefix else "a prefix"
        raise RuleBroken(
            f"The tenant ID {written(customer)} is in use in Knox Manage. Enter {other}.", field="tenant_prefix"
        )
