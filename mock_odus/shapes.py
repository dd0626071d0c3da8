"""Holds a plain value against a type and tells every problem, not only the first.

msgspec decodes and stops at the first fault; this walks the value again when it did. Leaves are still judged by
msgspec, so both always agree. A scenario file and a request's body are checked by this same code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin
from urllib.parse import unquote

import msgspec
from msgspec import Meta, Struct, UnsetType

T = TypeVar("T")

Hidden = Annotated[T, Meta(extra={"hidden": True})]
"""A value that no error message may repeat."""

Path = tuple[str | int, ...]

MOST_COMPARED = 500
_LARGE = 1_000_000
"""A limit from here on is told to those only who are past it."""

_MANY_DIGITS = re.compile(r"(?:[0-9][\s+-]?){11,}[0-9]")
_NO_DIGITS = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isdigit()))
_ZEROS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))
_BETWEEN = b" \t\r\n\f\v+-" + bytes(range(128, 256))  # what may stand between the digits of a card number, and more
_STRUCK_OUT = "************"
_MOST_ENCODINGS = 20


class Problem(NamedTuple):
    """What is wrong at a place: `path` as keys and positions, `text` without the path."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{place(self.path)} {self.text}" if self.path else self.text


def place(path: Path) -> str:
    """A path as people write it: `cart.items[0].price`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return mask(text.removeprefix("."))


def mask(text: str) -> str:
    """The text with anything that could be a card number struck out; all of it when that would take long to tell."""
    if len(text) < 12 or len(text.encode("utf-8", "surrogatepass").translate(None, _NO_DIGITS)) < 12:
        return text  # an encoded digit is written with one, too
    plain = text
    for _ in range(_MOST_ENCODINGS):  # as often as it was encoded
        if "%" not in plain or (decoded := unquote(plain)) == plain:
            break
        plain = decoded
    else:
        return _STRUCK_OUT
    # Most texts hold nothing of the kind, and this look costs a third of a search.
    if b"0" * 12 not in plain.encode("utf-8", "surrogatepass").translate(_ZEROS, _BETWEEN):
        return text
    return _MANY_DIGITS.sub(_STRUCK_OUT, plain) if _MANY_DIGITS.search(plain) else text


def shown(value: object) -> str:
    """A value for an error message: short, and never a card number."""
    if value and isinstance(value, dict | list):  # never its contents: a card may have landed in the wrong field
        return "an object" if isinstance(value, dict) else "a list"
    text = mask(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: object, known: Sequence[str] | Iterator[str]) -> str:
    """`; did you mean 'x'?` when one of the known words is close, else nothing."""
    from difflib import get_close_matches  # only for who has mistyped

    wanted, lower = str(word).lower(), {own.lower(): own for own in known}
    if len(lower) > MOST_COMPARED:  # comparing costs; of very many, those will do that begin as the word does
        lower = {low: own for low, own in lower.items() if low[:2] == wanted[:2]}
    close = get_close_matches(wanted, lower, n=1, cutoff=0.6)
    return f"; did you mean '{lower[close[0]]}'?" if close else ""


def one_of(word: object, known: Sequence[str], *, found: bool = True) -> str:
    """The second half of a sentence about an unknown word: what is allowed, what was found, and the nearest."""
    tail = f", found {shown(word)}" if found else ""
    return f"must be one of {', '.join(known)}{tail}{nearest(word, known)}"


def problems(value: object, wanted: Any, path: Path = (), *, hidden: bool = False) -> Iterator[Problem]:
    """Every problem of a plain value (dicts, lists, scalars) held against a type."""
    core, hidden = _core(wanted), hidden or _is_hidden(wanted)
    if get_origin(core) in (Union, UnionType):
        options = [option for option in get_args(core) if option is not UnsetType]
        if value is None and NoneType in options:
            return
        options = [option for option in options if option is not NoneType]
        fitting = [option for option in options if _is_container(option) == isinstance(value, dict | list)]
        if len(options) == 1 or len(fitting) == 1:
            yield from problems(value, (fitting or options)[0], path, hidden=hidden)
            return
    elif isinstance(core, type) and issubclass(core, Struct) and isinstance(value, dict):
        yield from _struct_problems(value, core, path, hidden)
        return
    elif get_origin(core) in (list, tuple) and isinstance(value, list):
        inner = [
            problem
            for position, item in enumerate(value)
            for problem in problems(item, get_args(core)[0], (*path, position), hidden=hidden)
        ]
        yield from inner
        if inner:
            return
    elif get_origin(core) is dict and isinstance(value, dict):
        key_type, value_type = get_args(core)
        inner = [problem for key in value for problem in problems(key, key_type, (*path, key), hidden=hidden)]
        inner += [problem for key in value for problem in problems(value[key], value_type, (*path, key), hidden=hidden)]
        yield from inner
        if inner:
            return
    yield from _leaf_problems(value, wanted, path, hidden)


def _struct_problems(value: dict[str, Any], kind: type[Struct], path: Path, hidden: bool) -> Iterator[Problem]:
    known = fields(kind)
    for key in value:
        if key not in known:
            names = f"; known are {', '.join(known)}" if known else "; there are none here"
            yield Problem((*path, key), f"is not a known field{nearest(key, list(known)) or names}")
    for name, field in known.items():
        if name in value:
            yield from problems(value[name], field.type, (*path, name), hidden=hidden)
        elif field.required:
            yield Problem((*path, name), "is required")


def _leaf_problems(value: object, wanted: Any, path: Path, hidden: bool) -> Iterator[Problem]:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        core = _core(wanted)
        if get_origin(core) is Literal:
            yield Problem(path, one_of(value, [str(word) for word in get_args(core)], found=not hidden))
        else:
            tail = "" if hidden else f", found {shown(value)}"
            yield Problem(path, f"must be {_limit(value, wanted) or describe(wanted)}{tail}")


def _limit(value: object, wanted: Any) -> str:
    """The bound that an integer lies beyond, when it is one that describes no type: a very large or a negative one."""
    if type(value) is int and _core(wanted) is int:
        for meta in _metas(wanted):
            if meta.le is not None and value > meta.le:
                return f"at most {meta.le:,}" if meta.le >= _LARGE else ""
            if meta.ge is not None and value < meta.ge < 0:
                return f"at least {meta.ge:,}"
    return ""


def describe(wanted: Any) -> str:
    """What a type allows, in words: `a positive integer`, `text of at most 22 characters`."""
    metas = _metas(wanted)
    for meta in metas:
        if meta.description:
            return meta.description
    core = _core(wanted)
    origin = get_origin(core)
    if origin in (Union, UnionType):
        words = [describe(option) for option in get_args(core) if option is not UnsetType]
        return " or ".join(dict.fromkeys(words))
    if origin is Literal:
        return f"one of {', '.join(str(word) for word in get_args(core))}"
    limits: dict[str, Any] = {}
    for meta in metas:
        limits |= {name: getattr(meta, name) for name in ("ge", "le", "min_length", "max_length")}
    low, high = limits.get("ge"), limits.get("le")
    if core is int:
        if low is not None and high is not None and high < _LARGE:
            return f"an integer from {low} to {high}"
        return {0: "an integer of 0 or more", 1: "a positive integer"}.get(-1 if low is None else low, "an integer")
    if core is str:
        most, least = limits.get("max_length"), limits.get("min_length")
        return (f"text of at most {most} characters" if most else "text") + (" and not empty" if least else "")
    if origin in (list, tuple):
        low, high = limits.get("min_length"), limits.get("max_length")
        return f"a list of {low} to {high} entries" if high else f"a list of {low} or more entries" if low else "a list"
    if origin is dict or (isinstance(core, type) and issubclass(core, Struct)):
        return "an object"
    return {bool: "true or false", NoneType: "null", float: "a number"}.get(core, "a valid value")


@cache
def fields(kind: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields of a struct by their names in JSON. msgspec compiles every annotation anew when it is asked."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def field_names(kind: type[Struct]) -> list[str]:
    """The names of a type's fields as they are written in JSON."""
    return list(fields(kind))


def _metas(wanted: Any) -> list[Meta]:
    return [meta for meta in getattr(wanted, "__metadata__", ()) if isinstance(meta, Meta)]


def _core(wanted: Any) -> Any:
    while get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    return wanted


def _is_hidden(wanted: Any) -> bool:
    return any(meta.extra and meta.extra.get("hidden") for meta in _metas(wanted))


def _is_container(wanted: Any) -> bool:
    core = _core(wanted)
    return get_origin(core) in (list, tuple, dict) or (isinstance(core, type) and issubclass(core, Struct))
