"""What people were told is done, and how often the database has it."""

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg

COUNTS = {
    "application": "SELECT email, count(*) FROM onboarding_application GROUP BY email",
    "account": "SELECT email, count(*) FROM accounts_user GROUP BY email",
    "decision": """
        SELECT application.email, count(*) FROM audit_event event
          JOIN onboarding_application application ON application.id::text = event.target_id
         WHERE event.verb IN ('application.approved', 'application.rejected') GROUP BY application.email""",
    "customer": "SELECT name, count(*) FROM tenants_customer GROUP BY name",
    "request": "SELECT kcs_id, count(*) FROM onboarding_managementrequest GROUP BY kcs_id",
    "refusal": "SELECT note, count(*) FROM onboarding_managementrequest WHERE state = 'refused' GROUP BY note",
    "consent": "SELECT person, count(*) FROM onboarding_receipt GROUP BY person",
    "delink wish": "SELECT customer_id::text, count(*) FROM onboarding_delink GROUP BY 1",
    "delink": "SELECT customer_id::text, count(*) FROM onboarding_delink WHERE state = 'approved' GROUP BY 1",
    "upload": "SELECT order_number, count(*) FROM devices_upload GROUP BY order_number",
    "key": "SELECT seats::text, count(*) FROM licensing_key GROUP BY seats",
    "license": "SELECT name, count(*) FROM licensing_license GROUP BY name",
    "profile": "SELECT name, count(*) FROM services_thing GROUP BY name",
    "action": "SELECT device_id::text, count(*) FROM services_move WHERE by_id IS NOT NULL GROUP BY device_id",
}
"""Per sort of act: its name, and how often it is there. Where a name is used again (request), acts are counted."""


@dataclass(frozen=True)
class Verdict:
    lost: list[str]
    doubled: list[str]


class Ledger:
    """Filled by many threads."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.told = 0
        """Acts that the portal said are done."""
        self.unanswered = 0
        """Acts whose person had to look whether they are done."""
        self._done: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def note(self, sort: str, name: str, *, told: bool = True) -> None:
        """It is done: the portal said so, or a second look showed it."""
        with self._lock:
            self._done[sort, name] += 1
            if told:
                self.told += 1
            else:
                self.unanswered += 1

    def note_with(self, sort: str, names: list[str]) -> None:
        """What the act just noted did to these, too."""
        with self._lock:
            self._done.update((sort, name) for name in names)

    def done(self, sort: str, name: str) -> int:
        return self._done[sort, name]

    def there(self, sort: str, name: str) -> int:
        """How often the database has it. A person would look at the page; half a second later, as people do."""
        time.sleep(0.5)
        return dict(self.ask(COUNTS[sort])).get(name, 0)

    def ask(self, question: str, *values: Any) -> list[Any]:
        """Of the database, as soon as it is up again."""
        while True:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.database) as connection:
                connection.execute("SET LOCAL ROLE portal_operator")
                return connection.execute(question, values or None).fetchall()
            time.sleep(0.1)

    def by_sort(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for (sort, _), number in self._done.items():
            counts[sort] += number
        return dict(counts)

    def judge(self) -> Verdict:
        """What is there less or more often than it was done."""
        lost, doubled = [], []
        found = {sort: dict(self.ask(question)) for sort, question in COUNTS.items()}
        for (sort, name), wanted in sorted(self._done.items()):
            there = found[sort].get(name, 0)
            lost += [f"{sort} {name}: {there} of {wanted}"] * max(0, wanted - there)
            doubled += [f"{sort} {name}: {there} for {wanted}"] * max(0, there - wanted)
        return Verdict(lost, doubled)
