"""What happened. Rows are added and read, never changed: a trigger refuses (migration 0002)."""

import re
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

_COUNTED = re.compile(r"\{(\w+)\} \w+s\b")
"""A number and the word that it counts, as `{devices} devices`."""


class Side(models.TextChoices):
    """For whom a person acted. Other sides read this word, not the person's name (words.md 3, P)."""

    MSP = "msp", "The MSP"
    CUSTOMER = "customer", "The customer"
    RESELLER = "reseller", "The reseller"
    SAMSUNG = "samsung", "Samsung"
    APPLICANT = "applicant", "The applicant"
    PORTAL = "portal", "The portal"


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, target: models.Model) -> "EventQuerySet":
        """The history of one thing, newest first."""
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk)).order_by("-at", "-pk")

    def of_customer(self, customer_id: int) -> "EventQuerySet":
        return self.filter(customer_id=customer_id).order_by("-at", "-pk")

    def for_company(self, customer_id: int) -> "EventQuerySet":
        """What the company's own people read of it: who of its MSP handles an alert, and how, stays with the MSP."""
        return self.of_customer(customer_id).exclude(verb__startswith="alert.", side=Side.MSP)


class Event(models.Model):
    """Who did what to which thing, for which organization, from where.

    Without foreign keys: history must not keep anything from being deleted, and outlives it.
    """

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=255)
    side = models.CharField(max_length=10, choices=Side)
    msp_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    reseller_id = models.BigIntegerField(null=True)
    license_reseller_id = models.BigIntegerField(null=True)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target_name = models.CharField(max_length=255)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=16)
    address = models.GenericIPAddressField(null=True)
    # The seal, written by triggers (migration 0003, docs/adr/0025).
    digest = models.BinaryField(editable=False)
    """SHA-256 of what stays for ever, and of the digest of what is personal."""
    salt = models.BinaryField(null=True, editable=False)
    """So that nobody finds out by trying what was forgotten. Gone with it."""
    kept = models.BinaryField(null=True, editable=False)
    """The digest of what was personal, where that was forgotten."""

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("customer_id"), F("at").desc(), name="event_of_customer"),
            models.Index(F("msp_id"), F("at").desc(), name="event_of_msp"),
            models.Index(fields=["target_type", "target_id"], name="event_about"),
            models.Index(F("actor_id"), F("at").desc(), name="event_by_actor"),
            models.Index(F("at").desc(), F("id").desc(), name="event_by_time"),
            models.Index(
                F("reseller_id"), F("at").desc(), name="event_of_reseller", condition=Q(reseller_id__isnull=False)
            ),
            models.Index(
                F("license_reseller_id"),
                F("at").desc(),
                name="event_of_license_reseller",
                condition=Q(license_reseller_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or Side(self.side).label} {self.sentence}"

    def who(self, *, reader: Side, names: dict[Side, str] | None = None) -> str:
        """The person's name for the own side; for the others the organization's name (`names`), or its kind."""
        if self.side == reader and self.actor_name:
            return self.actor_name
        if self.target_type == "tenants.msp" and self.side == Side.MSP:  # it tells of itself: who looked a company up
            return self.target_name
        return (names or {}).get(Side(self.side), str(Side(self.side).label))

    @property
    def sentence(self) -> str:
        """What the actor did, as the timeline shows it after the name."""
        text = SENTENCES.get(self.verb, self.verb)
        said = _singular(text, self.detail).format_map(_Detail(self.detail | {"target": self.target_name or "–"}))
        return said.removesuffix(": ")  # what was left out, as a reason that there is not


def _singular(text: str, detail: dict[str, Any]) -> str:
    """`1 device` where a sentence says `{devices} devices`: each counted word follows its number."""

    def counted(found: re.Match[str]) -> str:
        return found[0].removesuffix("s") if detail.get(found[1]) == 1 else found[0]

    return _COUNTED.sub(counted, text)


class Seal(models.Model):
    """A link of the chain: which events it seals, in order, and the head that all links up to it come to.

    Written some seconds after the events, so that no act waits for another's (docs/adr/0025).
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    events = ArrayField(models.BigIntegerField())
    head = models.BinaryField(editable=False)

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.head).hex()}"


class Unsealed(models.Model):
    """An event that waits for its seal."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class _Detail(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


SENTENCES = {
    "application.submitted": "sent the application of {target}",
    "application.confirmed": "confirmed the email of the application of {target}",
    "application.approved": "approved {target}",
    "application.rejected": "rejected {target}: {reason}",
    "customer.added": "added {target} with {services}",
    "customer.changed": "changed {fields}",
    "customer.service_added": "added {services}",
    "customer.registered": "registered {target}",
    "contact.invited_again": "sent the invitation of the contact person again",
    "customer.looked_up": "looked this company up: {reason}",
    "msp.looked_up": "looked up the KCS Customer ID {kcs_id}",
    "msp.suspended": "suspended {target}: {reason}",
    "msp.resumed": "ended the suspension of {target}",
    "request.sent": "asked {target} for the management of {services}",
    "request.sent_again": "sent the request to {target} again",
    "request.withdrawn": "withdrew the request to {target}",
    "request.approved": "approved the request (receipt {receipt})",
    "request.refused": "refused the request",
    "request.expired": "did not get an answer from {target}",
    "request.closed": "closed the request to {target}",
    "access.given": "gave {target} Full access",
    "delink.asked": "asked {target} to approve the delink",
    "delink.sent_again": "sent the delink to {target} again",
    "delink.withdrawn": "took the delink of {target} back",
    "delink.approved": "approved the delink",
    "delink.refused": "refused the delink",
    "delink.wanted": "asked for the end of the management",
    "delink.wanted_no_more": "took back the end of the management",
    "delink.let_go": "approved the end of the management",
    "delink.rejected": "rejected the end of the management: {reason}",
    "management.ending": "ends the management on {at}",
    "management.kept": "keeps the management",
    "management.ended": "ended the management",
    "customer.invited": "invited the contact person of {target}",
    "msp.changed": "changed the {fields} of {target}",
    "msp.knox_guard_opened": "opened Knox Guard for {target}",
    "person.joined": "gave {target} the role {role}",
    "person.invited": "invited {target} with the role {role}, for {scope}",
    "person.invited_again": "sent the invitation of {target} again",
    "person.revoked": "revoked the invitation of {target}",
    "person.changed": "gave {target} the role {role}, for {scope}",
    "person.blocked": "blocked {target}",
    "person.unblocked": "unblocked {target}",
    "role.added": "added the role {target} with {rights}",
    "role.changed": "changed the role {target}. Added: {added}. Removed: {removed}",
    "role.deleted": "deleted the role {target}",
    "reseller.named_customer": "named the KCS Customer ID {kcs_id}",
    "customer.reseller_added": "added this company to the customers of {target}",
    "customer.reseller_refused": "tried to upload as {target}: {reason}",
    "reseller.looked_up": "looked up the Reseller ID {public_id}",
    "reseller.registered": "registered the reseller {reseller}",
    "reseller.auto_approved": "lets the portal approve uploads of {reseller} by itself",
    "reseller.approved_by_hand": "approves uploads of {reseller} by hand again",
    "reseller.default_set": "gives new devices of {reseller} the profile {to} of {service}",
    "reseller.default_cleared": "gives new devices of {reseller} no profile of {service} any more",
    "reseller.removed": "removed the reseller {reseller}",
    "reseller.deleted_devices": "deleted {devices} devices that {reseller} had uploaded",
    "upload.received": "sent {file} as {target}",
    "upload.applied": "asked to add {lines} lines of {target}",
    "upload.line_corrected": "corrected line {line} of {target}",
    "upload.done": "received the result of {target}: {added} added, {errors} not added",
    "upload.failed": "did not get {target} in: {reason}",
    "upload.cancelled": "cancelled {target} after {added} devices",
    "upload.approved": "approved {devices} devices of upload {upload} from {sender}",
    "upload.approved_some": "approved {devices} devices of upload {upload} from {sender}",
    "upload.approved_by_itself": "approved {devices} devices of upload {upload} from {sender} without a click",
    "upload.rejected": "rejected upload {upload} from {sender}: {reason}",
    "device.tagged": "tagged {devices}: {tags}",
    "device.untagged": "removed the tags {tags} from {devices}",
    "device.deleted": "deleted {devices}",
    "device.enrolled": "enrolled {target} with the Knox Deployment App",
    "enrollment_code.made": "made a code for the Knox Deployment App",
    "service.acted": "did “{action}” to {devices} devices in {service}",
    "service.given": "gave {devices} devices of upload {upload} the profile {to} of {service}",
    "service.not_given": "did not give the devices of upload {upload} the profile {to} of {service}: {reason}",
    "service.differs": "found {devices} devices of {target} without a seat in {service}",
    "service.claim_opened": "opened the claim {reference} for {device}",
    "service.claim_closed": "completed the claim {reference} of {device}: {result}",
    "service.device_swapped": "put {new} in the place of {target} in {service}",
    "service.agent_replaced": "allowed another agent to speak for {target}",
    "service.code_made": "made the enrollment code for agents",
    "service.code_renewed": "made a new enrollment code for agents; the one before no longer works",
    "model.added": "added {target} for {region}",
    "model.changed": "changed {target}",
    "model.imported": "imported models: {added} added, {changed} changed, {tacs} TACs",
    "listing.changed": "changed the listing for {region}",
    "order.sent": "sent {target}: {seats} seats of {product}",
    "order.quoted": "quoted {target}",
    "order.accepted": "accepted the quote of {target}",
    "order.withdrawn": "withdrew {target}",
    "order.rejected": "rejected {target}: {reason}",
    "order.delivered": "issued the license key for {target}",
    "order.key_shown": "looked at the license key {key} of {target}",
    "key.issued": "issued the license key {target}: {seats} seats of {product}",
    "key.withdrawn": "withdrew the license key {target}: {reason}",
    "license.entered": "entered the license key {key} as {target}: {seats} seats for {months} months",
    "license.brought_back": "entered the license key of {target} again",
    "license.trial_started": "started {target}: {devices} devices for {days} days",
    "license.key_shown": "looked at the license key {key} of {target}",
    "license.renamed": "renamed the license {before} to {target}",
    "license.extended": "extended {target} by {months} months with the license key {key}",
    "license.seats_added": "added {seats} seats to {target} with the license key {key}",
    "license.seats_reduced": "reduced {target} from {before} to {seats} seats",
    "license.seats_taken": "gave {devices} devices a seat of {target}",
    "license.seats_released": "freed {devices} seats of {target}",
    "license.seats_moved": "moved {devices} devices from {target} to {to}",
    "license.replaced": "replaced {target} with {to}",
    "license.deleted": "deleted the license {target}",
    "license.released": "took {devices} seats of {target} back after its end",
    "license.differs": "found that {target} does not add up: {used} used, {seats} seats, {entries} in the ledger",
    "service.thing_added": "added the {kind} {target} of {service}",
    "service.thing_changed": "changed the {kind} {target} of {service}",
    "service.thing_deleted": "deleted the {kind} {target} of {service}",
    "service.thing_ended": "cancelled the {kind} {target} of {service} for {devices} devices",
    "service.thing_made_copyable": "made the {kind} {target} of {service} copyable",
    "service.thing_kept": "made the {kind} {target} of {service} not copyable",
    "service.thing_copied": "copied the {kind} {target} of {service} to {customers} customers",
    "service.thing_brought": "copied the {kind} {target} of {service} from another customer",
    "ticket.opened": "opened ticket {ticket}: {kind}",
    "ticket.replied": "wrote in ticket {ticket}",
    "ticket.answered": "answered ticket {ticket}",
    "ticket.assigned": "gave ticket {ticket} to a Samsung admin",
    "ticket.assigned_to_nobody": "gave ticket {ticket} back, so that nobody looks after it",
    "ticket.closed": "closed ticket {ticket}",
    "deletion.asked": "asked Samsung to delete {target}",
    "deletion.withdrawn": "took back the deletion of {target}",
    "deletion.started": "started the deletion of {target}",
    "deletion.planned": "planned the deletion of {target} for {date}",
    "deletion.rejected": "rejected the deletion of {target}",
    "deletion.undone": "undid the deletion of {target}",
    "deletion.done": "deleted the customer with the KCS Customer ID {kcs_id}",
    "customer.service_removed": "removed {services}",
    "person.made_super_admin": "made {target} super admin of {organization}",
    "alert.acknowledged": "took on {alerts}: {kind}",
    "alert.undone": "gave {alerts} back: {kind}",
    "alert.assigned": "assigned {alerts} to {to}: {kind}",
    "alert.assigned_to_nobody": "assigned {alerts} to nobody: {kind}",
    "alert.commented": "wrote a comment about {alerts}: {kind}",
    "alert.snoozed": "snoozed {alerts} until {until}: {kind}",
    "alert.woken": "brought {alerts} back: {kind}",
    "export.requested": "asked for an export of {what}",
    "export.made": "received the export of {what}",
    "export.failed": "did not get the export of {what}",
    "account.signed_in": "signed in",
    "account.signed_out": "signed out",
    "account.sign_in_failed": "refused a wrong password of {target}",
    "account.reset_asked": "sent {target} a link to reset the password",
    "account.changed": "{what}",
    "account.sessions_ended": "ended sessions: {sessions}",
    "account.preferences_changed": "changed time zone or theme",
    "account.emails_changed": "changed the email settings of {target}",
    "history.forgotten": "forgot the names in {events} events about {target}",
    "setting.changed": "changed {target}: {reason}",
    "portal.launched": "launched the {portal}",
    "portal.left": "signed out of the {portal}",
}
