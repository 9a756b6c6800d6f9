"""A claim is under a plan of its own customer, and a version is of a thing of its own: checked as for enrollments."""

from django.db import migrations, models

OF_THE_SAME = """
ALTER TABLE services_claim
    DROP CONSTRAINT claim_of_its_plan,
    ADD CONSTRAINT claim_of_its_plan FOREIGN KEY (customer_id, plan_id) REFERENCES services_thing (customer_id, id);
ALTER TABLE services_thingversion
    DROP CONSTRAINT version_of_its_thing,
    ADD CONSTRAINT version_of_its_thing FOREIGN KEY (customer_id, thing_id)
        REFERENCES services_thing (customer_id, id) ON DELETE CASCADE;
"""
OF_ANY = """
ALTER TABLE services_thingversion
    DROP CONSTRAINT version_of_its_thing,
    ADD CONSTRAINT version_of_its_thing FOREIGN KEY (thing_id) REFERENCES services_thing (id) ON DELETE CASCADE;
ALTER TABLE services_claim
    DROP CONSTRAINT claim_of_its_plan,
    ADD CONSTRAINT claim_of_its_plan FOREIGN KEY (plan_id) REFERENCES services_thing (id);
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0009_enrolled_by_week")]
    operations = [
        migrations.AddConstraint(
            "thing", models.UniqueConstraint(fields=["customer", "id"], name="thing_of_its_customer_in_any_service")
        ),
        migrations.RunSQL(OF_THE_SAME, OF_ANY),
    ]
