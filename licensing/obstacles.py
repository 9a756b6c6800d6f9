"""Why an act on a license is not possible now. The verbs raise these sentences, the pages show them beforehand."""

from zoneinfo import ZoneInfo

from licensing.models import License, Product
from tenants.models import Access, Customer
from tenants.times import day


def of_the_msp(customer: Customer) -> str:
    """Where customer and MSP both manage (Full access) it is the customer's: it enters, the MSP sees (knox.md 5.6)."""
    if customer.access != Access.FULL:
        return ""
    return (
        f"{customer} has Full access, so it enters and changes its own licenses in the Knox Admin Portal. You see "
        "them here."
    )


def of_renaming(license: License) -> str:
    return "This name stays as Samsung gave it." if license.product.name_fixed else ""


def of_extending(license: License) -> str:
    if license.product.extendable:
        return _of_a_replaced(license)
    return f"{license} cannot be extended. Enter the key as a new license, then move the devices."


def of_adding_seats(license: License) -> str:
    if license.product.seat_change != Product.SeatChange.NONE and license.state != License.State.EXPIRED:
        return _of_a_replaced(license)
    return f"{license} takes no more seats. Enter the key as a new license."


def of_reducing(license: License) -> str:
    return "" if license.product.seat_change == Product.SeatChange.BOTH else "This license can only grow."


def of_deleting(license: License, zone: ZoneInfo) -> str:
    if license.used:
        use, them = ("device uses", "it") if license.used == 1 else ("devices use", "them")
        return (
            f"{license.used:,} {use} {license}. Unenroll {them} or move {them} to another license. Then you can delete "
            "it."
        )
    if license.product.kept_to_end and license.state != License.State.EXPIRED:
        return (
            f"{license} runs until {day(license.ends_at, zone)}. A license of "
            f"{license.get_service_display()} can be deleted after its end."
        )
    return ""


def _of_a_replaced(license: License) -> str:
    """It takes no devices any more, and a key serves one license."""
    if license.replaced_by is None:
        return ""
    return f"{license.replaced_by} replaced {license}. Enter the key as a new license."
