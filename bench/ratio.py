"""A figure with its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """`at_most`: the smaller the better."""

    name: str
    value: float
    goal: float
    at_most: bool = False

    @property
    def is_ok(self) -> bool:
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def line(self) -> str:
        return f"ratio {self.name} {self.value:.2f} {self.goal:g} {'ok' if self.is_ok else 'short'}"
