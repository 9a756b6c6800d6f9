"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from tests.alerts import alarm
from tests.constraints import refused

BROKEN = {
    "alert_acknowledged_has_who_and_when": "UPDATE alerts_alert SET acknowledged_at = now()",
    "alert_counts_something": "UPDATE alerts_alert SET count = 0",
    "alert_is_of_somebody": "UPDATE alerts_alert SET customer_id = NULL, msp_id = NULL",
    "alert_severity_is_known": "UPDATE alerts_alert SET severity = 'mild'",
    "alert_snoozed_has_who_and_until": "UPDATE alerts_alert SET snoozed_until = now()",
    "comment_is_of_somebody": "UPDATE alerts_alertcomment SET customer_id = NULL, msp_id = NULL",
    "comment_says_something": "UPDATE alerts_alertcomment SET text = ''",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    alarm.everything(world)

    assert name in refused(BROKEN[name])
