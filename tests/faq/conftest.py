import pytest

from tests.live import plugin

pytest.register_assert_rewrite(*(f"tests.faq.{name}" for name in ("customers", "devices", "licenses", "msps")))


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin)
