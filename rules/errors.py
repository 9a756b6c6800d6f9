"""How the business says no."""


class RuleBroken(Exception):
    """A rule refuses. Its text is one sentence or two for the person: the rule, and the way out (words.md 3).

    `status` is the HTTP status of the answer: 422 for a rule or field, 409 where someone was first.
    `field` names the form field that it is about, if one is.
    """

    def __init__(self, sentence: str, *, status: int = 422, field: str | None = None) -> None:
        super().__init__(sentence)
        self.status, self.field = status, field


class NothingHere(RuleBroken):
    """What the person asks for is not there, or not to be seen: the sentence of templates/404.html."""

    def __init__(self) -> None:
        super().__init__(
            "There is nothing here that you can open. Check the address, or search in the list.", status=404
        )
