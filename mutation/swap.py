"""Take a guard out of code that is loaded already."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from gc import get_objects
from types import CodeType, FunctionType

from mutation.guards import ROOT, Guard

type Key = tuple[str, str, int]
"""File, name and first line of a function. Two lambdas of one line are one."""
type Functions = dict[Key, list[FunctionType]]


def functions() -> Functions:
    """Every function there is."""
    found: Functions = defaultdict(list)
    for one in get_objects():
        if type(one) is FunctionType:  # isinstance would wake lazy objects
            found[_key(one.__code__)].append(one)
    return found


def take_away(guard: Guard, loaded: Functions) -> None:
    """The functions that hold the guard get the code that they have without it."""
    if guard.is_a_door:
        _open(guard, loaded)
        return
    text = (ROOT / guard.path).read_text()
    old, new = (dict(_codes(compile(code, ROOT / guard.path, "exec"))) for code in (text, guard.without(text)))
    changed = [(one, new[key]) for key in old if old[key] != new.get(key) for one in loaded[key] if key in new]
    if not changed:
        raise LookupError(guard.name)
    for one, code in changed:
        one.__code__ = code


def _open(guard: Guard, loaded: Functions) -> None:
    """A door was hung when its module was imported: the one in front of this view lets through, or asks for less."""
    opened = 0
    for one in [door for key in loaded if key[1].endswith("<locals>.entered") for door in loaded[key]]:
        if guard.is_in(inspect.unwrap(one)):
            cells = dict(zip(one.__code__.co_freevars, one.__closure__ or (), strict=True))
            if guard.instead:
                cells["right"].cell_contents = guard.instead.strip('"')
            else:
                one.__code__ = _straight(None).__code__
            opened += 1
    if not opened:
        raise LookupError(guard.name)


def _straight(view: Callable[..., object] | None) -> Callable[..., object]:
    """A door that asks nothing; like a door it finds its view in a cell of this name."""

    def through(*args: object, **kwargs: object) -> object:
        return view(*args, **kwargs) if view else None

    return through


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[tuple[Key, CodeType]]:
    yield _key(code), code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
