"""License resellers as the MSPs of their regions see them (FAQ Q8)."""

from django.db import transaction

from accounts.models import User
from audit import events
from audit.models import Side
from licensing.models import Listing, Product
from rules.errors import RuleBroken
from tenants.models import LicenseReseller


@transaction.atomic
def open(license_reseller: LicenseReseller, *, email: str) -> list[Listing]:  # noqa: A001  (called listings.open)
    """List a license reseller in each region that Samsung authorized it for, with everything there is to sell.

    Runs as the operator.
    """
    products = list(Product.objects.filter(is_trial=False).values_list("code", flat=True))
    return Listing.objects.bulk_create(
        Listing(
            license_reseller=license_reseller,
            region=region,
            name=license_reseller.name,
            contact_email=email,
            contact_phone=license_reseller.phone,
            website=license_reseller.website,
            products=products,
        )
        for region in license_reseller.regions
    )


@transaction.atomic
def change(  # noqa: PLR0913  (each is a column)
    listing: Listing, *, contact_email: str, contact_phone: str, website: str, products: list[str], by: User
) -> Listing:
    """What the license reseller says about itself in one region."""
    listing = Listing.objects.select_for_update().get(pk=listing.pk)
    known = set(Product.objects.filter(is_trial=False).values_list("code", flat=True))
    if not products or not set(products) <= known:
        raise RuleBroken("Choose at least one license that you sell.", field="products")
    listing.contact_email, listing.contact_phone = contact_email.strip().lower(), contact_phone.strip()
    listing.website, listing.products = website.strip(), sorted(products)
    listing.save()
    events.record(
        "listing.changed",
        listing,
        by=by,
        side=Side.RESELLER,
        license_reseller_id=listing.license_reseller_id,
        region=listing.get_region_display(),
    )
    return listing
