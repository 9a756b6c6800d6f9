"""How far a campaign is: its devices by their state."""

from django.db.models import Count

from services.console import State
from services.models import Enrollment, Thing
from services.modules import of


def progress(thing: Thing) -> list[tuple[State, int]]:
    """How many of its devices are in each state, in the order of the service's states; those with none are left out.

    One query, for any number of devices.
    """
    own = Enrollment.objects.filter(customer=thing.customer_id, service=thing.service, thing=thing)
    counts = dict(own.order_by().values_list("state").annotate(count=Count("pk")))
    return [(state, counts[state.code]) for state in of(thing.service).states if state.code in counts]
