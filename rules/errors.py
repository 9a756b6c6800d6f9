"""How the business says no."""


class RuleBroken(Exception):
    """A rule refuses. Its text is one sentence or two for the person: the rule, and the way out (words.md 3).

    `status` is the HTTP status of the answer: 422 for a rule or field, 409 where someone was first.
    `field` names the form field that it is about, if one is.
    """

    def __init__(self, sentence: str, *, status: int = 422, field: str | None = None) -> None:
        super().__init__(sentence)
        self.status, self.field = status, field
