"""An MSP asks Contoso, and Contoso approves; and what was said and mailed of it."""

import pytest
from post_office.models import Email

from accounts.acting import acting_as
from onboarding import consents, requests
from onboarding.models import ManagementRequest
from rules.errors import RuleBroken
from tenants.models import Access, KnoxService
from tests.mail.letters import newest_token as token

KC, KME = KnoxService.CONFIGURE, KnoxService.MOBILE_ENROLLMENT
State = ManagementRequest.State


def ask(world, *, by=None, msp=None, to=None, wanted=Access.NONE):
    by, msp, to = by or world.alice, msp or world.aurora, to or world.contoso
    with acting_as(by):
        return requests.ask(to.kcs_id, msp=msp, services=[KC, KME], access=wanted, by=by)


def approve(world, **more):
    ask(world, **more)
    return consents.approve(token("consent", "carl@contoso.example"), person="Carl Bauer", job_title="IT")


def subjects(to):
    return [mail.subject for mail in Email.objects.filter(to__contains=to).order_by("pk")]


def refusal(act):
    with pytest.raises(RuleBroken) as no:
        act()
    return str(no.value), no.value.status
