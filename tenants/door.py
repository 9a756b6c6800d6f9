"""The doors: which organization a page is about, and whether this person may come in.

Each decorator marks its view, so that the route census (tests/architecture) finds one without a door.
Wrong tenant 404, right tenant without the right 403, POST asks for the right to change.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponseBase

from accounts.acting import as_operator, as_reseller
from accounts.http import PortalRequest
from accounts.models import User
from tenants import access, one_portal, rights
from tenants.models import Customer, LicenseReseller, Management, Membership, Msp, Reseller

PORTAL = "portal"
"""Session key: which organization's portal was launched, as [column, id]."""

_CHANGES = {"reseller": "change_reseller", "license_reseller": "change_licensereseller"}
"""What the policies of the resellers' role ask of everything but looking."""

type View = Callable[..., HttpResponseBase]


class MissingRight(PermissionDenied):
    """The right organization, but not the right: answered with words.md right.missing."""

    def __init__(self, right: str, organization: access.Organization) -> None:
        super().__init__(right)
        self.right, self.organization = rights.label(right), organization


class NoPortal(PermissionDenied):
    """The person works for no organization of this kind: answered with words.md application.none."""

    def __init__(self, column: str) -> None:
        super().__init__("application.none")
        self.column = column


class ConsolesClosed(PermissionDenied):
    """The customer has No access: its own people find everything closed, with the reason (words.md access.none)."""

    def __init__(self, customer_id: int) -> None:
        super().__init__("access.none")
        self.customer_id = customer_id


class OrganizationSuspended(PermissionDenied):
    """Samsung suspended the MSP: its people find everything closed, with the reason (words.md msp.suspended)."""

    def __init__(self, msp: Msp) -> None:
        super().__init__("msp.suspended")
        self.msp = msp


class MemberRequest(PortalRequest):
    """The request behind the door of an organization: this person's own membership in it."""

    membership: Membership


class TenantRequest(MemberRequest):
    """The request behind a door of the MSP Portal: the MSP that the page is about and what this person may do there.

    One about a customer has `management` and `customer_rights` in place of `membership`.
    """

    msp: Msp
    management: Management
    msp_rights: set[str]
    customer_rights: set[str]


def for_msp(right: str = "view_msp") -> Callable[[View], View]:
    """A page of the MSP Portal about the whole MSP that the person launched (or the only one there is)."""

    def door(view: View) -> View:
        @wraps(view)
        def entered(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.msp = _launched_msp(request)
            _come_in(request, request.msp)
            request.msp_rights = access.rights(request.user, request.msp)
            if right not in request.msp_rights:
                raise MissingRight(right, request.msp)
            return view(request, *args, **kwargs)

        return _marked(entered, f"msp:{right}")

    return door


def for_customer(view: View) -> View:
    """A page of the MSP Portal about one customer, named by the KCS Customer ID in the address.

    The view gets the customer in place of the ID, so there is no ID to misuse. Everything below a customer
    is reached through it.
    """

    @wraps(view)
    def entered(request: TenantRequest, kcs_id: str, **kwargs: Any) -> HttpResponseBase:
        management = _management(kcs_id)
        customer, request.management = management.customer, management
        request.msp = management.msp
        request.msp_rights, request.customer_rights = access.rights_of_each(request.user, management.msp, customer)
        if "view_msp" not in request.msp_rights or access.VIEW not in request.customer_rights:
            raise Http404
        _come_in(request, request.msp)
        if request.method not in ("GET", "HEAD") and access.MANAGE not in request.customer_rights:
            raise MissingRight(access.MANAGE, request.msp)
        return view(request, customer, **kwargs)

    return _marked(entered, "customer")


def for_samsung(view: View) -> View:
    """A page of the Samsung Admin Portal: sees every organization's rows, as the operator."""

    @wraps(view)
    def entered(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_samsung_admin:
            raise Http404
        one_portal.enter(request, "samsung", 0)
        with as_operator():
            return view(request, *args, **kwargs)

    return _marked(entered, "samsung")


def for_member(column: str, *, right: str = "") -> Callable[[View], View]:
    """The portal of another kind of organization (reseller, license_reseller, customer): the view gets it.

    The pages of resellers, of devices or licenses, run in a database role of their own: they see their company's rows
    and nothing else (docs/adr/0016). Those that ask for a right are about the company's people, whose policies are
    for everybody.
    """
    role = as_reseller if column in ("reseller", "license_reseller") and not right else nullcontext

    def door(view: View) -> View:
        @wraps(view)
        def entered(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            organization = _launched(request, column)
            one_portal.enter(request, column, organization.pk)
            needed = right or ("" if request.method in ("GET", "HEAD") else _CHANGES.get(column, ""))
            if needed and needed not in access.rights(request.user, organization):
                raise MissingRight(needed, organization)
            with role():
                return view(request, organization, *args, **kwargs)

        return _marked(entered, f"member:{column}")

    return door


def refuse_suspended(msp: Msp) -> None:
    if msp.suspended_at:
        raise OrganizationSuspended(msp)


def _come_in(request: TenantRequest, msp: Msp) -> None:
    """Into the MSP Portal: nobody of a suspended MSP, and nobody who is in another portal (FAQ Q14)."""
    refuse_suspended(msp)
    one_portal.enter(request, "msp", msp.pk)


def memberships_of(user: User) -> list[Membership]:
    """Where this person works: the active memberships, each with its organization.

    One query, and one more for each other kind than an MSP that there is: where they were joined, PostgreSQL walked
    through all customers that the person sees.
    """
    own = Membership.objects.filter(user=user, state=Membership.State.ACTIVE).select_related("role", "msp")
    found = list(own.order_by("pk"))
    if any(membership.msp_id is None for membership in found):
        managed = Exists(Management.objects.filter(customer=OuterRef("pk"), ended_at=None))
        companies = Prefetch("customer", Customer.objects.annotate(is_managed=managed))  # type: ignore[no-redef]  # as the property says
        prefetch_related_objects(found, "reseller", "license_reseller", companies)
    return found


def _management(kcs_id: str) -> Management:
    """The management behind a KCS Customer ID. Whether this person has rights there, the door asks next."""
    running = Management.objects.exclude(state=Management.State.ENDED).filter(customer__kcs_id=kcs_id)
    found = running.select_related("customer", "msp").first()
    if found is None:
        raise Http404
    return found


def _launched_msp(request: PortalRequest) -> Msp:
    msp = _launched(request, "msp")
    assert isinstance(msp, Msp)  # noqa: S101  (tells mypy what the column says)
    return msp


def _launched(request: PortalRequest, column: str) -> Msp | Reseller | LicenseReseller | Customer:
    """The organization whose portal was launched in this session. Where none of its kind was, the first one; where the
    person has no place there any more, none: the next click on its page must not reach another organization."""
    here = [membership for membership in memberships_of(request.user) if getattr(membership, f"{column}_id")]
    kind, chosen = request.session.get(PORTAL, (None, None))
    if kind == column:
        here = [membership for membership in here if getattr(membership, f"{column}_id") == chosen]
    if not here:
        raise NoPortal(column)
    picked = here[0]
    if picked.customer_id and picked.is_closed:
        raise ConsolesClosed(picked.customer_id)
    request.membership = picked  # type: ignore[attr-defined]  # MemberRequest, from here on
    return picked.organization


def _marked(view: View, policy: str) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view
