"""One invitation of a customer is open at a time. Of those that are open now the newest stays."""

from django.db import migrations, models

VOID_OLDER = """
UPDATE onboarding_invitation AS old SET voided_at = now()
 WHERE old.used_at IS NULL AND EXISTS (
       SELECT FROM onboarding_invitation AS newer
        WHERE newer.customer_id = old.customer_id AND newer.used_at IS NULL AND newer.id > old.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0009_history_by_its_owner'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='voided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(VOID_OLDER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at', None), ('voided_at', None)), fields=('customer',), name='one_open_invitation_of_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('used_at', None), ('voided_at', None), _connector='OR'), name='invitation_is_used_or_voided'),
        ),
    ]
