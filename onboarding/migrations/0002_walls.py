from django.db import migrations

from tenants.walls import ME, wall


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0001_initial"), ("tenants", "0002_walls")]
    operations = [
        # A person without an account sends an application through the operator (onboarding/applications.py).
        wall(
            "onboarding_application",
            select=f"applicant_id = {ME}",
            insert=f"applicant_id = {ME}",
            update=f"applicant_id = {ME}",
        ),
        wall("onboarding_invitation"),  # only the operator: a link is looked up for people without an account
    ]
