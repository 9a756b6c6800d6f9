"""The sixteen questions in their order. `make test ARGS="tests/faq -k q05"` asks one."""

import pytest

from tests.faq.customers import (  # noqa: F401  (pytest finds them here)
    test_q01_an_msp_adds_a_customer_with_one_form_and_nobody_else_is_asked,
    test_q01_one_click_leads_from_a_console_to_the_same_console_of_another_customer,
    test_q05_an_existing_customer_is_added_by_its_id_and_its_own_approval,
    test_q07_a_customer_has_no_access_until_its_msp_gives_it_and_then_for_good,
    test_q07_a_customer_with_access_asks_its_msp_to_end_the_management,
    test_q11_a_planned_deletion_is_undone_and_nothing_is_lost,
    test_q11_samsung_deletes_a_customer_after_a_ticket_and_no_msp_does,
)
from tests.faq.devices import (  # noqa: F401
    test_q06_a_reseller_uploads_to_a_kcs_customer_id_and_the_msp_approves,
    test_q10_no_way_gives_an_msp_a_device,
    test_q15_a_european_msps_north_american_device_is_refused_by_its_line,
    test_q16_the_deployment_app_adds_a_direct_customers_phone_until_it_has_an_msp,
)
from tests.faq.licenses import (  # noqa: F401
    test_q08_an_msp_buys_from_license_resellers_of_its_region_and_a_key_serves_one_customer,
    test_q09_a_customer_tries_knox_configure_with_five_devices_for_ninety_days,
)
from tests.faq.msps import (  # noqa: F401
    test_q02_each_of_the_six_services_is_used_in_the_browser,
    test_q03_the_two_programs_have_two_applications_and_open_different_portals,
    test_q04_samsung_decides_each_application_once_and_the_applicant_hears_either_way,
    test_q12_the_msp_dashboard_shows_the_alerts_of_one_customer_or_of_all,
    test_q13_there_is_no_api_and_its_address_says_so,
    test_q14_the_refusal_leads_to_a_ticket_that_says_what_happened,
    test_q14_whoever_is_in_another_portal_is_told_which_and_signs_out_there_in_one_click,
)

pytestmark = pytest.mark.xdist_group("live")
