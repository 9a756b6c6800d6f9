"""The tenant ID of a customer in Knox Manage: a domain, with a prefix where the domain is in use (knox.md 1.2).

It is written down once, when Knox Manage is added: a new address of the contact person does not change it.
"""

from django.db import connection

from accounts.acting import as_operator
from rules.errors import RuleBroken
from tenants.models import Customer


def wanted(customer: Customer) -> str:
    """`berlin.fjordline.example`: the prefix, where the customer has one, and the domain of its contact's email."""
    domain = customer.contact_email.rpartition("@")[2]
    return (f"{customer.tenant_prefix}.{domain}" if customer.tenant_prefix else domain).lower()


def give(customer: Customer, *, prefix: str = "") -> None:
    """Set the tenant ID of a customer that has none yet; the caller saves it.

    Raises RuleBroken where another customer has it, whoever manages that one.
    """
    if customer.tenant_id:
        return
    customer.tenant_prefix = prefix or customer.tenant_prefix
    if is_taken(customer):
        other = "another prefix" if customer.tenant_prefix else "a prefix"
        raise RuleBroken(
            f"The tenant ID {wanted(customer)} is in use in Knox Manage. Enter {other}.", field="tenant_prefix"
        )
    customer.tenant_id = wanted(customer)


def give_any(customer: Customer) -> None:
    """The same for who cannot choose: where the tenant ID is in use, the KCS Customer ID becomes the prefix."""
    if not customer.tenant_id and is_taken(customer):
        customer.tenant_prefix = customer.kcs_id
    give(customer)


def is_taken(customer: Customer) -> bool:
    """Whether another customer has the tenant ID that this one would get. Two that come at the same time come one
    after the other, until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tenant {wanted(customer)}"])
    with as_operator():
        return Customer.objects.filter(tenant_id=wanted(customer)).exclude(pk=customer.pk).exists()
