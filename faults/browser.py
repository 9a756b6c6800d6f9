"""One person's browser: cookies, forms with their tokens, and whether an answer came."""

import contextlib
import enum
import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.cookiejar import CookieJar

PASSWORD = "knox-demo"  # noqa: S105  (of the demo)
SECONDS = 60
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Answer(enum.Enum):
    """What a person knows after pressing a button."""

    DONE = "done"
    REFUSED = "refused"
    """The portal said no, in words."""
    UNKNOWN = "unknown"
    """No answer, or our own error page: it may have been done or not."""


class NoAnswer(Exception):
    """A page did not come."""


class Browser:
    """Somebody at one computer, so with an address of its own."""

    def __init__(self, url: str, address: str, email: str = "") -> None:
        self.url, self.email = url, email
        self.page, self.at, self.refusal = "", "", ""
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._opener.addheaders = [("X-Forwarded-For", address)]

    def get(self, path: str) -> str:
        """The page; signs in where the portal asks for it. NoAnswer while something is down."""
        self._open(path)
        if "/accounts/login/" in self.at and self.email:
            self._press("/accounts/login/", {"login": self.email, "password": PASSWORD})
            self._open(path)
        if "/accounts/login/" in self.at and self.email:
            raise NoAnswer
        return self.page

    def post(self, path: str, at: str = "", **fields: str | list[str]) -> Answer:
        """The form on the page `path`, sent to itself or to another address."""
        try:
            self.get(path)
        except urllib.error.HTTPError:
            return Answer.REFUSED
        except NoAnswer:
            return Answer.UNKNOWN
        return self._press(at or path, fields)

    def _press(self, path: str, fields: dict[str, str | list[str]]) -> Answer:
        token = _TOKEN.search(self.page)
        if token is None:
            self.refusal = f"no form at {self.at}: {_said(self.page)}"
            return Answer.REFUSED
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}, doseq=True).encode()
        try:
            self._open(path, body)
        except urllib.error.HTTPError:
            return Answer.REFUSED
        except NoAnswer:
            return Answer.UNKNOWN
        # a session that ended meanwhile leads to the sign-in page, and nothing was done
        return Answer.UNKNOWN if "/accounts/login/" in self.at else Answer.DONE

    def _open(self, path: str, body: bytes | None = None) -> None:
        address = path if path.startswith("http") else self.url + path
        with _answered():
            try:
                with self._opener.open(address, body, timeout=SECONDS) as answer:
                    self.page, self.at = answer.read().decode(), answer.url
            except urllib.error.HTTPError as no:
                self.page, self.at = no.read().decode(errors="replace"), no.url
                no.close()
                self.refusal = f"{no.code} at {no.url}: {_said(self.page)}"
                if no.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise NoAnswer from no
                raise


@contextlib.contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException) as no:
        time.sleep(0.2)  # who supervises the processes is at work
        raise NoAnswer from no


def _said(page: str) -> str:
    """What the page says, without its frame."""
    main = page.partition("<main")[2] or page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:300]
