"""Regions: Samsung approves an MSP for one, and its customers and their devices must be there (FAQ Q15).

Which countries form a region is not in the FAQ; this is the usual cut of the sales organization, and a
country that stands in no region has no Knox (words.md customer.country).
"""

from functools import lru_cache

from django.db import models
from django_countries import countries


class Region(models.TextChoices):
    EUROPE = "europe", "Europe"
    NORTH_AMERICA = "north_america", "North America"
    LATIN_AMERICA = "latin_america", "Latin America"
    MIDDLE_EAST_AFRICA = "middle_east_africa", "Middle East and Africa"
    ASIA_PACIFIC = "asia_pacific", "Asia Pacific"


_COUNTRIES = {
    Region.EUROPE: """AD AL AM AT AX AZ BA BE BG CH CY CZ DE DK EE ES FI FO FR GB GE GG GI GR HR HU IE IM IS IT JE
        LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SJ SK SM UA VA""",
    Region.NORTH_AMERICA: "US CA PM BM GL PR VI",
    Region.LATIN_AMERICA: """AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC
        MF MQ MS MX NI PA PE PY SR SV SX TC TT UY VC VE VG""",
    Region.MIDDLE_EAST_AFRICA: """AE AO BF BH BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IL IQ JO KE
        KM KW LB LR LS LY MA MG ML MR MU MW MZ NA NE NG OM PS QA RE RW SA SC SH SL SN SO SS ST SZ TD TG TN TR TZ UG
        YE YT ZA ZM ZW PK""",
    Region.ASIA_PACIFIC: """AS AU BD BN BT CC CK CN CX FJ FM GU HK ID IN IO JP KG KH KI KR KZ LA LK MH MM MN MO MP MV MY
        NC NF NP NR NU NZ PF PG PH PN PW SB SG TH TJ TK TL TM TO TV TW UZ VN VU WF WS""",
}
_REGION_OF = {code: region for region, codes in _COUNTRIES.items() for code in codes.split()}


def region_of(country: str) -> Region | None:
    """The region of a country (ISO 3166 code); None where Knox is not available."""
    return _REGION_OF.get(country)


@lru_cache(maxsize=512)
def country_name(country: str) -> str:
    """In English, the one language of the portal."""
    return str(countries.name(country)) or country
