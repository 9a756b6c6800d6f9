"""What the fields of forms make of odd but right input."""

import pytest

from tenants.fields import Phone, Words


def test_what_is_typed_has_one_spelling_however_its_accents_were_joined():
    typed = Words("Company name").clean("Cafe\u0301")

    assert typed == "Caf\u00e9"


@pytest.mark.parametrize("typed", ["+49 (0)30 1234567", "+49 30-123.45/67", " +49 (30) 1234567 "])
def test_a_phone_is_the_number_to_call_from_abroad(typed):
    assert Phone().clean(typed) == "+49301234567"
