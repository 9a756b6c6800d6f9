"""What Samsung sells (knox.md 5.2, 6.5), and a listing for each license reseller that was there before listings."""

from django.db import migrations

DEVICE, SEAT = "device", "seat"
FREE = {"edition": SEAT, "transferable": True, "extendable": True, "seat_change": "both"}
CARE = {"family": "care", "key_prefix": "KLM10"}
TRIAL = {"family": "trial", "transferable": True, "is_trial": True}
KC = {"key_prefix": "KLM05", "has_grace": True, "kept_to_end": True}

# Code, name, services (the first is the one it is counted under), rules. Of the prefixes KLM09 and KLM12 are
# Samsung's, the others ours: it publishes none for these families (knox.md 5.1).
PRODUCTS = [
    ("kc-setup", "Knox Configure Setup", ["KC"],
     KC | {"family": "setup", "extendable": True, "seat_change": "grow"}),
    ("kc-setup-staggered", "Knox Configure Setup (Staggered)", ["KC"],
     KC | {"family": "setup_staggered", "seat_change": "grow", "per_device_end": True}),
    ("kc-dynamic", "Knox Configure Dynamic", ["KC"],
     KC | {"family": "dynamic", "extendable": True, "seat_change": "grow"}),
    ("kc-dynamic-per-seat", "Knox Configure Dynamic (Per seat)", ["KC"], KC | FREE | {"family": "dynamic_per_seat"}),
    ("kc-trial", "Knox Configure trial", ["KC"], TRIAL | {"key_prefix": "KLM05"}),
    ("ke", "Knox E-FOTA", ["KE"], FREE | {"family": "standard", "key_prefix": "KLM07"}),
    ("ke-trial", "Knox E-FOTA trial", ["KE"], TRIAL | {"key_prefix": "KLM07"}),
    ("km", "Knox Manage", ["KM"], FREE | {"family": "standard", "key_prefix": "KLM12", "name_fixed": True}),
    ("km-trial", "Knox Manage trial", ["KM"], TRIAL | {"key_prefix": "KLM12", "name_fixed": True}),
    ("suite", "Knox Suite", ["KM", "KE", "KME"], FREE | {"family": "suite", "key_prefix": "KLM09", "name_fixed": True}),
    ("care-adh", "Samsung Care+ for Business ADH", ["SC+"], CARE),
    ("care-ew", "Samsung Care+ for Business EW", ["SC+"], CARE),
    ("care-sp", "Samsung Care+ for Business SP", ["SC+"], CARE),
    ("care-combo", "Samsung Care+ for Business Combo", ["SC+"], CARE),
    ("kg", "Knox Guard", ["KG"], FREE | {"family": "guard", "key_prefix": "KLM11"}),
]  # fmt: skip
USUAL = {"edition": DEVICE, "transferable": False, "extendable": False, "seat_change": "none"}


def add(apps, schema_editor):
    product = apps.get_model("licensing", "Product")
    product.objects.bulk_create(
        product(code=code, name=name, service=services[0], services=" ".join(services), **(USUAL | rules))
        for code, name, services, rules in PRODUCTS
    )


def list_resellers(apps, schema_editor):
    listing = apps.get_model("licensing", "Listing")
    sold = [code for code, _, _, rules in PRODUCTS if not rules.get("is_trial")]
    for one in apps.get_model("tenants", "LicenseReseller").objects.all():
        person = one.memberships.order_by("pk").values_list("user__email", flat=True).first()
        listing.objects.bulk_create(
            listing(
                license_reseller=one,
                region=region,
                name=one.name,
                contact_email=person or "",
                contact_phone=one.phone,
                website=one.website,
                products=sold,
            )
            for region in one.regions
        )


def remove(apps, schema_editor):
    apps.get_model("licensing", "Listing").objects.all().delete()
    apps.get_model("licensing", "Product").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("licensing", "0002_walls")]
    operations = [migrations.RunPython(add, remove), migrations.RunPython(list_resellers, migrations.RunPython.noop)]
