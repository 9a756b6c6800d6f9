"""What can be wrong with a line: the name that reports carry (knox.md 4.3) and the sentence (words.md 3.6)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`name` and `code` as Samsung's own API has them; `title` heads the group; `sentence` may name `{value}` (as
    typed) and `{detail}` (what the check noted)."""

    name: str
    code: int
    title: str
    sentence: str

    def words(self, *, value: str, detail: str) -> str:
        return self.sentence.format(value=value, detail=detail, digits=sum(sign.isdigit() for sign in value))


_KNOWN = ("DEVICE_DUPLICATE", 40000005)
_IMEI = ("DEVICE_IMEI_INVALID", 40000007)
_CUSTOMER = ("CUSTOMER_ID_INVALID", 40000011)

PROBLEMS: dict[str, Problem] = {
    "form": Problem("RESOURCE_INVALID_PARAM", 40000000, "Wrong number of columns", "This line has {detail}."),
    "two": Problem(
        "RESOURCE_DUPLICATE_PARAM",
        40000001,
        "Two devices in one line",
        "This line has two values that name two devices. One is enough: keep the right one.",
    ),
    "id": Problem(
        "DEVICE_ID_INVALID",
        40000006,
        "Not an IMEI, MEID or serial number",
        "{value} is not an IMEI, MEID or serial number. Copy it from the box or from the phone's settings.",
    ),
    "imei_length": Problem(*_IMEI, "IMEI too long or too short", "This IMEI has {digits} digits. It needs 15."),
    "imei_zero": Problem(
        *_IMEI,
        "IMEI without its first zero",
        "This IMEI has 14 digits and needs 15. A spreadsheet may have removed a zero at the start. Compare it with "
        "the box.",
    ),
    "imei_digit": Problem(
        *_IMEI,
        "IMEI with a wrong digit",
        "One digit of this IMEI is wrong: the last digit does not fit. Compare it with the box.",
    ),
    "rounded": Problem(
        *_IMEI,
        "Rounded by a spreadsheet",
        "A spreadsheet rounded this number and lost digits. Set the column to Text, enter the IMEI again, save as CSV.",
    ),
    "meid": Problem(
        "DEVICE_MEID_INVALID",
        40000008,
        "Not a MEID",
        "A MEID has 14 signs, 0 to 9 and A to F. Compare {value} with the box.",
    ),
    "serial": Problem(
        "DEVICE_SERIAL_INVALID",
        40000009,
        "Not a serial number",
        "A serial number has 11 letters and digits. Compare {value} with the box.",
    ),
    "formula": Problem(
        "RESOURCE_INVALID_PARAM",
        40000000,
        "Starts like a formula",
        "This cell starts like a formula. Device lines have only letters and digits. Remove the first sign.",
    ),
    "twice": Problem(
        *_KNOWN, "Twice in this file", "Line {detail} has the same device. We added that one. Remove this line."
    ),
    "same": Problem(
        *_KNOWN,
        "Uploaded before",
        "You uploaded this device to this customer on {detail}. There is nothing to do.",
    ),
    "own": Problem(*_KNOWN, "At another customer", "This device is at {detail}. Delete it there first."),
    "known": Problem(
        *_KNOWN,
        "Already in Knox",
        "This device is already in Knox, and a device can be in one place. Ask the person who sold it, or open a "
        "ticket.",
    ),
    "model": Problem(
        "DEVICE_INVALID",
        40000004,
        "Not recognized as a Samsung device",
        "We do not know the model of this device. Knox takes Samsung devices from authorized sellers. Check the "
        "number.",
    ),
    "model_missing": Problem(
        "DEVICE_INVALID",
        40000004,
        "Model is missing",
        "A {detail} does not tell the model. Add the model code under Model, for example SM-S921B.",
    ),
    "region": Problem("DEVICE_INVALID", 40000004, "Device of another region", "{detail}"),
    "order_number": Problem(
        "RESOURCE_INVALID_PARAM", 40000000, "Order number", "An order number has letters and digits only."
    ),
    "order_date": Problem("RESOURCE_INVALID_PARAM", 40000000, "Order date", "An order date looks like 2026-11-24."),
    "customer": Problem(
        *_CUSTOMER,
        "KCS Customer ID",
        "We cannot upload to the KCS Customer ID {detail}. Check it with the customer, and ask whether your company "
        "may upload for it.",
    ),
    "other_id": Problem(
        *_CUSTOMER,
        "Not a KCS Customer ID",
        "{detail}. Devices go to a customer, never to an MSP. Ask the MSP for the KCS Customer ID of its customer.",
    ),
}
