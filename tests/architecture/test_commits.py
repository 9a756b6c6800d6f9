"""What was committed stays done and is answered so, also while no broker takes the task that follows."""

import re

from tests.architecture.test_operator import sources

TASK = re.compile(r"on_commit\(.*(?:send_task|\.delay|apply_async).*")


def test_every_task_after_commit_may_fail_without_taking_the_answer_along():
    found = [(name, line) for name, text in sources() for line in TASK.findall(text)]

    assert len(found) >= 5
    assert [name for name, line in found if "robust=True" not in line] == []
