"""History is walked along the index of the one whose log is read; the policy looks each event up, and offers no index.

With `= ANY (ARRAY(…))` the planner believed that a policy of several conditions lets two events through, joined four
indexes and sorted a week of the largest MSP for 51 rows: 423 ms, now 5 (docs/performance.md). Nothing reads events
without naming their owner.
"""

from importlib import import_module

from django.db import migrations

from tenants.walls import ME

before = import_module("onboarding.migrations.0008_closed_read_no_history")
walls = before.before


def looked_up(condition: str) -> str:
    """`column = ANY (ARRAY(…))` as a look-up in a hashed table."""
    return f"({condition.replace(' = ANY (ARRAY(', ' IN (').removesuffix(')')}) IS TRUE"


OF_MY_MSP, MY_CUSTOMERS = looked_up(walls.OF_MY_MSP), looked_up(walls.MY_CUSTOMERS)
WHOLE_MSP, OWN_COMPANY = looked_up(walls.WHOLE_MSP), looked_up(walls.OWN_COMPANY)
BEFORE = walls.AFTER.replace(walls.OWN_COMPANY, before.OWN_COMPANY)
AFTER = f"""actor_id = {ME} OR ({OF_MY_MSP} AND {MY_CUSTOMERS}) OR ({WHOLE_MSP} AND customer_id IS NULL)
    OR ({OWN_COMPANY} AND {MY_CUSTOMERS})"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0008_closed_read_no_history")]
    operations = [migrations.RunSQL(walls.read(AFTER), walls.read(BEFORE))]
