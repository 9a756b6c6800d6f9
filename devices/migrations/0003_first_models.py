"""A catalog to begin with. Codes and names are Samsung's; the TACs are made up. Samsung admins keep it from here on."""

from django.db import migrations

# The letter that ends a model code, and the region that it is for.
REGIONS = {
    "B": "europe", "U": "north_america", "M": "latin_america", "F": "middle_east_africa", "E": "asia_pacific",
}  # fmt: skip
# The first five signs of the code, and the TAC (without its last two digits) of the European one.
MODELS = {
    "SM-S921": ("Galaxy S24", 352143),
    "SM-S926": ("Galaxy S24+", 352207),
    "SM-S928": ("Galaxy S24 Ultra", 352281),
    "SM-S931": ("Galaxy S25", 353317),
    "SM-S938": ("Galaxy S25 Ultra", 353392),
    "SM-A166": ("Galaxy A16 5G", 354408),
    "SM-A266": ("Galaxy A26 5G", 354473),
    "SM-A366": ("Galaxy A36 5G", 354529),
    "SM-A566": ("Galaxy A56 5G", 354586),
    "SM-G556": ("Galaxy XCover7", 355614),
    "SM-G766": ("Galaxy XCover7 Pro", 355678),
    "SM-X306": ("Galaxy Tab Active5 5G", 356712),
    "SM-X516": ("Galaxy Tab S9 FE 5G", 356789),
    "SM-L315": ("Galaxy Watch7 LTE", 357835),
}


def add(apps, schema_editor):
    model, tac = apps.get_model("devices", "DeviceModel"), apps.get_model("devices", "Tac")
    made = [
        model(code=f"{code}{letter}", name=name, name_key=name.lower(), region=region)
        for code, (name, _) in MODELS.items()
        for letter, region in REGIONS.items()
    ]
    model.objects.bulk_create(made)
    numbers = (f"{first}{place:02d}" for _, first in MODELS.values() for place in range(len(REGIONS)))
    tacs = [tac(tac=number, model=one) for number, one in zip(numbers, made, strict=True)]
    tacs.append(tac(tac="49015420", model=made[0]))  # of the IMEI that examples use
    tac.objects.bulk_create(tacs)


def remove(apps, schema_editor):
    apps.get_model("devices", "DeviceModel").objects.filter(code__in=[
        f"{code}{letter}" for code in MODELS for letter in REGIONS
    ]).delete()


class Migration(migrations.Migration):
    dependencies = [("devices", "0002_walls")]
    operations = [migrations.RunPython(add, remove)]
