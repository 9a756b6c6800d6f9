"""What Knox Guard is for at a customer, and whom the people of its devices reach (knox.md 6.6)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0010_customer_tags'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='guard_domain',
            field=models.CharField(blank=True, choices=[('financing', 'Financing'), ('enterprise', 'Enterprise'), ('insurance', 'Insurance'), ('others', 'Others')], max_length=10),
        ),
        migrations.AddField(
            model_name='customer',
            name='guard_email',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='customer',
            name='guard_phone',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('guard_domain__in', ['', 'financing', 'enterprise', 'insurance', 'others'])), name='customer_guard_domain_is_known'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guard_domain__in', ['enterprise', 'insurance']), _negated=True), ('tenant_type', ''), _connector='OR'), name='customer_guard_type_by_domain'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guard_domain', 'financing'), _negated=True), models.Q(('guard_phone', ''), _negated=True), models.Q(('guard_email', ''), _negated=True), _connector='OR'), name='customer_guard_financing_has_support'),
        ),
    ]
