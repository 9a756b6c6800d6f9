"""How companies come in, and how management ends."""

from onboarding.models.applications import Application, Industry, Program
from onboarding.models.delinks import Delink
from onboarding.models.invitations import Invitation
from onboarding.models.links import Link
from onboarding.models.receipts import Receipt
from onboarding.models.requests import ManagementRequest

__all__ = ["Application", "Delink", "Industry", "Invitation", "Link", "ManagementRequest", "Program", "Receipt"]
