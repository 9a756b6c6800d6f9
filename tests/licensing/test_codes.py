"""License keys as text (knox.md 5.1)."""

import re

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from licensing import codes


def test_a_key_has_its_prefix_five_groups_and_no_sign_that_people_mix_up():
    made = {codes.new("KLM09") for _ in range(200)}

    assert len(made) == 200
    assert all(re.fullmatch(r"KLM09(-[2-9A-HJ-NP-Z]{5}){5}", code) for code in made)


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code}\n"])
def test_a_key_is_read_as_people_paste_it(change):
    code = codes.new("KLM12")

    assert codes.read(change(code)) == (code, "")


def test_dashes_of_mail_programs_are_dashes():
    code = codes.new("KLM12")

    assert codes.read(code.replace("-", " \u2013 ")) == (code, "")


@given(st.integers(0, 24), st.sampled_from(codes.SIGNS))
def test_one_wrong_sign_is_a_typing_error(place, sign):
    code = codes.new("KLM05")
    signs = list(code.replace("-", ""))
    before, signs[5 + place] = signs[5 + place], sign

    assert codes.read("".join(signs))[1] == ("" if before == sign else "typo")


@pytest.mark.parametrize(
    "typed", ["", "KLM09", "ABC09-" + "-".join(["AAAAA"] * 5), "KLM09-" + "-".join(["AAAA"] * 5), "Ｋ" * 40]
)
def test_what_is_no_key_is_told_apart(typed):
    assert codes.read(typed) == ("", "form")


@given(st.text(max_size=60))
def test_any_text_is_read(typed):
    code, problem = codes.read(typed)

    assert problem in ("form", "typo", "")
    assert (problem == "form") == (code == "")


def test_what_is_stored_is_neither_the_key_nor_its_plain_hash():
    code = codes.new("KLM09")

    sealed = codes.seal(code)

    assert codes.unseal(sealed) == code
    assert code not in sealed
    assert codes.seal(code) != sealed


def test_a_key_is_found_and_opened_after_the_secret_changed(settings):
    code = codes.new("KLM09")
    before, sealed = codes.hashed(code), codes.seal(code)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of this portal"

    assert codes.hashed(code) != before
    assert before in codes.hashes(code)
    assert codes.unseal(sealed) == code


def test_a_secret_that_others_know_opens_keys_and_signs_nothing(settings):
    code, signed = codes.new("KLM09"), signing.dumps("a link")
    before, sealed = codes.hashed(code), codes.seal(code)

    settings.SEAL_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of this portal"

    assert (before in codes.hashes(code), codes.unseal(sealed)) == (True, code)
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
