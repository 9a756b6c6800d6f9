"""How numbers stand in pages and letters: counts with separators, IDs without (words.md 8)."""

import pytest
from django.template import engines


@pytest.mark.parametrize("engine", ["pages", "text"])
def test_an_id_is_digits_only_and_a_count_is_grouped(engine):
    template = engines[engine].from_string("{% load humanize %}{{ number }} {{ number|intcomma }}")

    assert template.render({"number": 1234567}) == "1234567 1,234,567"
