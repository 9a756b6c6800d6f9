"""What a clock finds due: one that breaks keeps no other from its turn."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from tenants.due import each


def test_one_that_breaks_keeps_no_other_from_its_turn(caplog):
    done = each([2, 0, 4], lambda key: 8 // key)

    assert done == 6
    assert [one.getMessage() for one in caplog.records] == ["what was due of 0 broke"]


def test_the_end_of_the_tasks_time_ends_all():
    begun = []

    def late(key):
        begun.append(key)
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        each([1, 2], late)

    assert begun == [1]
