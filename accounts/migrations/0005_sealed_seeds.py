"""Seeds of second steps, which were kept as allauth writes them by itself: readable."""

from django.db import migrations

from accounts import seals


def _seal(apps, schema_editor):
    _each(apps, seals.seal)


def _unseal(apps, schema_editor):
    _each(apps, seals.unseal)


def _each(apps, turned):
    for one in apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]):
        one.data |= {name: turned(one.data[name], purpose=seals.SECOND_STEP) for name in ("secret", "seed") if name in one.data}
        one.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_mail_choices"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(_seal, _unseal)]
