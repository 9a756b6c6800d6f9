"""Visits to the portal: a browser for each person, and what the browser complains of."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.live import acts

WIDE, PHONE = 1280, 360


class Visits:
    """Opens the portal as somebody, and collects what the browsers complain of."""

    def __init__(self, browser: Browser, url: str, sign_ins: dict[str, Any]) -> None:
        self.browser, self.url, self.sign_ins = browser, url, sign_ins
        self.complaints: list[str] = []
        self._open: list[BrowserContext] = []

    def __call__(self, person: str = "", *, at: str = "/", width: int = WIDE, **options: Any) -> Page:
        """A new browser at this address, signed in as this person (an email) or as nobody."""
        if person and person not in self.sign_ins:
            self.sign_ins[person] = self._sign_in(person)
        page = self._browser(storage_state=self.sign_ins.get(person), width=width, **options)
        page.goto(at)
        return page

    def texts(self) -> list[str]:
        """What is on the open pages now: their addresses and words."""
        pages = [page for context in self._open for page in context.pages]
        return [f"{page.url}\n{page.inner_text('body')[:3000]}" for page in pages]

    def close(self) -> None:
        for context in self._open:
            context.close()

    def _sign_in(self, person: str) -> Any:
        page = self._browser()
        acts.sign_in(page, person)
        return page.context.storage_state()

    def _browser(self, *, width: int = WIDE, **options: Any) -> Page:
        # Nothing glides: a page that still moves would be judged half-way.
        still = {"base_url": self.url, "viewport": {"width": width, "height": 800}, "reduced_motion": "reduce"}
        context = self.browser.new_context(**(still | options))
        context.set_default_timeout(10_000)
        self._open.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        return context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        """Also what the Content Security Policy stopped. Answers that are errors are looked at in _response."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        """A page that turns out to be a file to keep, or is left before it is there, is aborted and not failed."""
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        """Whole pages may say no; nothing that belongs to a page may."""
        if response.status >= 400 and response.request.resource_type != "document":
            self.complaints.append(f"{response.status}: {response.url}")
