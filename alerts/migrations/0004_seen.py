"""How far a person has looked, by MSP: who works for two had looked at both with one look."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.walls import ME, wall

OWN = f"user_id = {ME}"
# Who looked before this was kept by MSP, looked at every one where the person works.
KEEP = """
INSERT INTO alerts_seen (user_id, msp_id, through)
SELECT DISTINCT r.user_id, m.msp_id, r.seen_through
  FROM alerts_reader r JOIN tenants_membership m ON m.user_id = r.user_id AND m.msp_id IS NOT NULL
 WHERE r.seen_through IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0003_readers"),
        ("tenants", "0008_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.DateTimeField()),
                (
                    "msp",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.msp"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "msp"), name="seen_once_an_msp")]},
        ),
        wall("alerts_seen", select=OWN, insert=OWN, update=OWN),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        # The release that still serves reads the column; empty in new rows, it stays until a later one.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("reader", "seen_through")]),
    ]
