"""To whom a license reseller may sell: MSPs of the region that Samsung authorized it for (FAQ Q8)."""

from accounts.acting import as_operator
from licensing.models import Listing
from rules.errors import RuleBroken
from tenants.models import Msp
from tenants.regions import Region


def check_region(listing: Listing, msp_id: str) -> None:
    """Refuse an MSP of another region. Nothing is said about the MSP but its region; an empty ID checks nothing."""
    if not msp_id:
        return
    with as_operator():  # a license reseller sees no MSP
        region = Msp.objects.filter(public_id=msp_id).values_list("region", flat=True).first()
    if region is None:
        raise RuleBroken(f"No MSP has the ID {msp_id}. Ask the MSP for its MSP ID.", field="msp_id")
    if region != listing.region:
        raise RuleBroken(
            f"Samsung authorized you for {listing.get_region_display()}. This MSP is in {Region(region).label}, so you "
            "cannot issue a key for it.",
            field="msp_id",
        )
