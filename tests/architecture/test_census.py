"""Every route has a policy, and every policy stands on its view."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES

# FAQ Q11: these delete devices of a customer, or the upload that brought them; no other route deletes.
DELETE_DEVICES = {
    "customer-devices-delete",
    "admin-portal-devices-delete",
    "reseller-devices-delete",
    "reseller-devices-delete-list",
    "reseller-upload-delete",
}
DELETE_THINGS = {"customer-thing-delete", "admin-portal-thing-delete"}
"""A profile, campaign, group, user or plan that no device has."""
MARKED = ("msp:", "customer", "samsung", "member:")


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


ALL = list(patterns(get_resolver()))
OF_MSPS = {
    "request": "msp:add_customers",
    "order": "msp:view_msp",
    "order:change": "msp:add_customers",
    "alert": "msp:view_msp",
    "alert:change": "msp:view_msp",
    "people": "msp:manage_people",
    "role": "msp:manage_roles",
}
"""Policies about one thing of an MSP, and the door of its pages."""


def test_every_route_is_listed_with_its_policy():
    names = {entry.name for entry in ALL}

    assert names - ROUTES.keys() - ALLAUTH_PUBLIC - ALLAUTH_PERSON == set()


def test_no_listed_route_is_stale():
    names = {entry.name for entry in ALL}

    assert (ROUTES.keys() | ALLAUTH_PUBLIC | ALLAUTH_PERSON) - names == set()


@pytest.mark.parametrize("entry", [entry for entry in ALL if entry.name in ROUTES], ids=lambda entry: entry.name)
def test_the_door_of_a_view_is_the_one_of_its_policy(entry):
    route = ROUTES[entry.name]
    policy = route.policy or route.post
    policy = OF_MSPS.get(policy, policy)
    policy = "customer" if policy.startswith("customer:") else policy
    policy = "member:customer" if policy.startswith("own:") else policy
    policy = "member:reseller" if policy.startswith("reseller:") else policy
    wanted = policy if policy.startswith(MARKED) else None

    assert getattr(entry.callback, "policy", None) == wanted


@pytest.mark.parametrize("entry", [entry for entry in ALL if entry.name in ROUTES], ids=lambda entry: entry.name)
def test_a_view_is_open_without_signing_in_only_where_the_policy_says_so(entry):
    route = ROUTES[entry.name]
    public = (route.policy or route.post) in ("public", "link", "missing", "agent", "agent:enroll")

    assert getattr(entry.callback, "login_required", True) is not public


def test_no_route_deletes_a_customer():
    found = {entry.name for entry in ALL if entry.name and "delete" in entry.name}

    assert found - DELETE_DEVICES - DELETE_THINGS - {"role-delete"} == set()
