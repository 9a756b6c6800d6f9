"""Tags as they are typed, and typed again."""

import pytest

from devices import tags

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "kept", [[], ["Berlin"], ["Berlin", "key account"], ["Berlin, Mitte", "x"], ['"Bear" team', 'a"b']]
)
def test_what_stands_in_the_field_is_read_as_the_same_tags(kept):
    assert tags.read(tags.typed(kept)) == kept
