"""A copy forgets its origin when that is deleted. By PostgreSQL: who deletes it may not see the copies."""

import django.db.models.deletion
from django.db import migrations, models

EMPTIES = """
ALTER TABLE services_thing ADD CONSTRAINT origin_of_a_copy
    FOREIGN KEY (origin_id) REFERENCES services_thing (id) ON DELETE SET NULL;
"""
STAYS = "ALTER TABLE services_thing DROP CONSTRAINT origin_of_a_copy;"


class Migration(migrations.Migration):
    dependencies = [("services", "0004_care_and_guard")]
    operations = [
        migrations.AlterField(
            model_name="thing",
            name="origin",
            field=models.ForeignKey(
                blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="copies", to="services.thing",
            ),
        ),
        migrations.RunSQL(EMPTIES, STAYS),
    ]  # fmt: skip
