"""After the run: is every act there once, did every mail arrive, and does everything add up?"""

import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from faults.ledger import Ledger
from faults.people import BAD, LINES, TWICE
from faults.place import Place
from tests.live.stack import ROOT

SECONDS_TO_SETTLE = 240
WHOLE = (LINES + TWICE + BAD, LINES, TWICE + BAD, TWICE + BAD, LINES, LINES)
UPLOADS = """
SELECT upload.order_number, upload.state, upload.lines, upload.added, upload.errors,
       (SELECT count(*) FROM devices_uploadline line WHERE line.upload_id = upload.id AND line.problem <> ''),
       (SELECT count(*) FROM devices_device device JOIN devices_approval approval ON approval.id = device.approval_id
         WHERE approval.upload_id = upload.id),
       (SELECT sum(devices) FROM devices_approval approval WHERE approval.upload_id = upload.id)
  FROM devices_upload upload WHERE upload.order_number LIKE 'FAULT%' ORDER BY upload.id"""
SEATS = """
SELECT license.name, license.used,
       (SELECT count(*) FROM licensing_seat seat WHERE seat.license_id = license.id),
       (SELECT coalesce(sum(change), 0) FROM licensing_seatentry entry WHERE entry.license_id = license.id)
  FROM licensing_license license"""
WITHOUT_SEAT = """
SELECT count(*) FROM services_enrollment enrollment
  JOIN tenants_customer customer ON customer.id = enrollment.customer_id
 WHERE customer.name LIKE 'Fault customer%' AND enrollment.service = 'KC' AND enrollment.state <> 'unassigned'
   AND NOT EXISTS (SELECT FROM licensing_seat seat WHERE seat.device_id = enrollment.device_id)"""
MAILS = "SELECT message_id, status, subject FROM post_office_email"
UNDER_WAY = "SELECT count(*) FROM post_office_email WHERE status <> 0"
DECISION = ("Samsung approved Fault ", "Samsung did not approve Fault ")


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mails: int = 0
    again: int = 0
    """Letters that arrived more than once, with the same Message-ID."""
    notes: list[str] = field(default_factory=list)


def settle(place: Place, ledger: Ledger) -> float:
    """Until no mail is under way. How many seconds it took."""
    began = time.monotonic()
    while time.monotonic() < began + SECONDS_TO_SETTLE:
        place.mend()
        if ledger.ask(UNDER_WAY) == [(0,)]:
            break
        time.sleep(1)
    return time.monotonic() - began


def letters(ledger: Ledger) -> set[str]:
    """The Message-IDs of every letter written until now."""
    return {message_id for message_id, _, _ in ledger.ask(MAILS)}


def judged(place: Place, ledger: Ledger, *, before: set[str]) -> Findings:
    """`before`: letters of the demo."""
    acts = ledger.judge()
    found = Findings(lost=acts.lost, doubled=acts.doubled)
    _mails(place, ledger, found, before)
    _sums(ledger, found)
    for command in ("verify_audit", "verify_receipts"):
        _verify(place, command, found)
    return found


def _mails(place: Place, ledger: Ledger, found: Findings, before: set[str]) -> None:
    arrived = Counter(str(letter.message["Message-ID"]).strip() for letter in place.stack.inbox.all())
    decisions: Counter[str] = Counter()
    for message_id, status, subject in ledger.ask(MAILS):
        if message_id in before:
            continue
        found.mails += 1
        if not arrived[message_id]:
            found.lost.append(f"mail “{subject}”, status {status}")
        found.again += arrived[message_id] > 1
        if subject.startswith(DECISION):
            decisions[subject] += 1
    found.doubled += [f"letter “{subject}”: {number}" for subject, number in decisions.items() if number > 1]
    found.notes.append(f"{len(decisions)} letters tell a decision")


def _sums(ledger: Ledger, found: Findings) -> None:
    for name, state, *counts in ledger.ask(UPLOADS):
        wanted = WHOLE if name.startswith("FAULTFILE") else (10, 10, 0, 0, 10, 10)
        if (state, tuple(counts)) != ("done", wanted):
            found.lost.append(f"upload {name} does not add up: {state} {counts}, not {wanted}")
    found.lost += [f"seats of {name}: {counts}" for name, *counts in ledger.ask(SEATS) if len(set(counts)) > 1]
    if (without := ledger.ask(WITHOUT_SEAT)) != [(0,)]:
        found.lost.append(f"enrollments without a seat: {without}")


def _verify(place: Place, command: str, found: Findings) -> None:
    environment = place.stack.environment
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    found.notes.append(f"{command}: {(done.stdout or done.stderr).strip()}")
    if done.returncode:
        found.lost.append(f"{command} fails")
