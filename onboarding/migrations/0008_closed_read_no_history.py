"""People of a company without access to Knox hold no grant on it, and read no history of it either."""

from importlib import import_module

from django.db import migrations

before = import_module("onboarding.migrations.0007_activity_walls")
OWN_COMPANY = f"({before.OWN_COMPANY} AND {before.MY_CUSTOMERS})"


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0007_activity_walls")]
    operations = [
        migrations.RunSQL(
            before.read(before.AFTER.replace(before.OWN_COMPANY, OWN_COMPANY)), before.read(before.AFTER)
        ),
    ]
