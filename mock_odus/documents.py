"""Reads one YAML (or JSON) document into nodes that know their line and column, and nodes into plain values.

Plain scalars are typed by the wanted type, not by YAML 1.1: `NO`, `01234` and a card number stay the text they are
where text is wanted. Events are read one by one instead of by `yaml.compose`, because only they show anchors, and
because a stack of our own cannot be broken by deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from msgspec import Struct

from mock_odus.shapes import Path, fields, shown

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
_TOO_DEEP = "exceeded maximum nesting depth"  # what newer versions of libyaml say by themselves, some levels later

_INTEGER = re.compile(r"-?\d{1,18}")
_FLOAT = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None}
# JSON writes what lies beyond the first 65,536 characters as two escapes, which YAML does not know.
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


class Mistake(NamedTuple):
    """What is wrong with a document itself, and where: line and column count from 1."""

    line: int
    column: int
    path: Path
    text: str


class Scalar(NamedTuple):
    line: int
    column: int
    text: str
    plain: bool


class Mapping(NamedTuple):
    line: int
    column: int
    entries: dict[str, Node]
    keys: dict[str, Scalar]


class Sequence(NamedTuple):
    line: int
    column: int
    items: list[Node]


Node = Scalar | Mapping | Sequence


class Document(NamedTuple):
    """`root` is None when nothing could be read; then there are mistakes."""

    root: Node | None
    mistakes: list[Mistake]

    def node(self, path: Path) -> Node | None:
        """The node at a path; None when there is none."""
        found = self.root
        for step in path:
            found = _child(found, step)
        return found

    def at(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a path, or of its key; of what should have held it when it is missing."""
        found = self.root
        for place, step in enumerate(path, start=1):
            if key and place == len(path) and isinstance(found, Mapping) and step in found.keys:
                return found.keys[str(step)][:2]
            child = _child(found, step)
            if child is None:
                break
            found = child
        return found[:2] if found else (1, 1)


def read(text: str | bytes) -> Document:
    """A document of one mapping, list or scalar. Never raises: what is wrong is among the mistakes."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        return _broken(1, 1, f"the document has {len(raw)} bytes; at most {MAX_BYTES} are allowed")
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        return _broken(line, column, "the document is not UTF-8 text")
    return _Reading().read(_SURROGATES.sub(_joined, words) if "\\u" in words else words)


def value(node: Node | None, wanted: Any = Any) -> Any:
    """The plain value of a node, its scalars typed by what is wanted. `str` makes text of all scalars, however deep."""
    options = list(_options(wanted))
    if isinstance(node, Mapping):
        for option in options:
            if isinstance(option, type) and issubclass(option, Struct):
                known = fields(option)
                return {
                    key: value(entry, known[key].type if key in known else Any) for key, entry in node.entries.items()
                }
        inner = _inner(options, (dict,))
        return {key: value(entry, inner) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        inner = _inner(options, (list, tuple))
        return [value(item, inner) for item in node.items]
    return None if node is None else _scalar(node, options)


def _scalar(node: Scalar, options: list[Any]) -> Any:
    text = node.text
    if not node.plain:
        return text
    if not text:
        return None
    if text in ("null", "~") and NoneType in options:
        return None
    if any(map(_is_text, options)):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if (Any in options or float in options) and _FLOAT.fullmatch(text):
        return float(text)
    return text


def _is_text(option: Any) -> bool:
    return option is str or (get_origin(option) is Literal and isinstance(get_args(option)[0], str))


def _inner(options: list[Any], origins: tuple[type, ...]) -> Any:
    for option in options:
        if get_origin(option) in origins:
            return get_args(option)[-1 if get_origin(option) is dict else 0]
    return str if options == [str] else Any


def _options(wanted: Any) -> Iterator[Any]:
    while get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) in (Union, UnionType):
        for option in get_args(wanted):
            yield from _options(option)
    else:
        yield wanted


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, Mapping):
        return node.entries.get(str(step))
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _joined(match: re.Match[str]) -> str:
    pair = bytes.fromhex(match[2] + match[3]).decode("utf-16-be")
    return match[1] + pair


class _Frame:
    """A mapping or list that is still being read."""

    __slots__ = ("key", "node", "skip")

    def __init__(self, node: Mapping | Sequence) -> None:
        self.node = node
        self.key: str | None = None
        self.skip = False


class _Reading:
    """One pass over a document's events."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self.frames: list[_Frame] = []

    def read(self, text: str) -> Document:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        documents = 0
        try:
            for event in yaml.parse(text, Loader=loader):
                mark: Any = event.start_mark
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self.mistake(mark, "a second document begins here; a file holds one")
                        break
                elif isinstance(event, yaml.ScalarEvent):
                    self.judge(event, mark)
                    plain = not event.style  # None or "", as the loader likes
                    self.add(Scalar(mark.line + 1, mark.column + 1, event.value, plain))
                elif isinstance(event, yaml.MappingStartEvent):
                    self.open(Mapping(mark.line + 1, mark.column + 1, {}, {}), event, mark)
                elif isinstance(event, yaml.SequenceStartEvent):
                    self.open(Sequence(mark.line + 1, mark.column + 1, []), event, mark)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self.add(self.frames.pop().node)
                elif isinstance(event, yaml.AliasEvent):
                    found, hint = f"*{event.anchor}", f'a pattern needs quotes: "*{event.anchor}"'
                    self.mistake(mark, f"an alias ({found}) stands here; aliases are not allowed, write it out; {hint}")
                    self.add(Scalar(mark.line + 1, mark.column + 1, "", True))
                if len(self.frames) > MAX_DEPTH:
                    self.mistake(mark, f"nested deeper than {MAX_DEPTH} levels")
                    return Document(None, self.mistakes)
        except yaml.YAMLError as error:
            self.mistakes.append(_syntax(error, text))
            return Document(None, self.mistakes)
        if self.root is None and not self.mistakes:
            self.mistakes.append(Mistake(1, 1, (), "the document is empty"))
        return Document(self.root, self.mistakes)

    def open(self, node: Mapping | Sequence, event: Any, mark: Any) -> None:
        self.judge(event, mark)
        self.frames.append(_Frame(node))

    def judge(self, event: Any, mark: Any) -> None:
        if event.anchor is not None:
            self.mistake(mark, f"an anchor (&{event.anchor}) stands here; anchors are not allowed")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.mistake(mark, f"a tag ({tag}) stands here; tags are not allowed")

    def add(self, node: Node) -> None:
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif frame.key is None:
            self.name(frame, frame.node, node)
        else:
            if not frame.skip:
                frame.node.entries[frame.key] = node
            frame.key = None

    def name(self, frame: _Frame, mapping: Mapping, node: Node) -> None:
        frame.skip, frame.key = True, ""
        if not isinstance(node, Scalar) or not node.text:
            self.mistakes.append(Mistake(*node[:2], self.path(), "a key must be text"))
        elif first := mapping.keys.get(node.text):
            where = f"it stands in line {first.line} already"
            self.mistakes.append(Mistake(*node[:2], self.path(), f"doubled key {shown(node.text)}; {where}"))
        else:
            frame.skip, frame.key = False, node.text
            mapping.keys[node.text] = node

    def path(self) -> Path:
        """Where the innermost mapping stands."""
        return tuple(map(_step, self.frames[:-1]))

    def mistake(self, mark: Any, text: str) -> None:
        steps = tuple(step for step in map(_step, self.frames) if step != "")
        self.mistakes.append(Mistake(mark.line + 1, mark.column + 1, steps, text))


def _step(frame: _Frame) -> str | int:
    """The place in a mapping or list at which the reading is."""
    return len(frame.node.items) if isinstance(frame.node, Sequence) else frame.key or ""


def _broken(line: int, column: int, text: str) -> Document:
    return Document(None, [Mistake(line, column, (), text)])


def _syntax(error: Exception, text: str) -> Mistake:
    context, problem = (getattr(error, name, None) for name in ("context", "problem"))
    began, mark = (getattr(error, name, None) for name in ("context_mark", "problem_mark"))
    if mark := mark or began:
        if problem == _TOO_DEEP:
            return Mistake(mark.line + 1, mark.column + 1, (), f"nested deeper than {MAX_DEPTH} levels")
        if began and began.line < mark.line:
            context = f"{context} that begins in line {began.line + 1}"
        words = ", ".join(word for word in (context, problem) if word)
        hint = _hint(words, _character(text, mark.line, mark.column))
        return Mistake(mark.line + 1, mark.column + 1, (), f"not YAML: {words}{hint}")
    position = getattr(error, "position", None) or 0
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return Mistake(line, column, (), f"not YAML: {getattr(error, 'reason', None) or 'unreadable'}")


def _hint(words: str, found: str) -> str:
    """What is most probably meant, since YAML tells in its own terms what it has stumbled over."""
    if found == "\t":
        return "; a tab stands here, and lines are indented with spaces"
    if "alias" in words or found in ("@", "`"):
        return f"; text that begins with {'*' if 'alias' in words else found} needs quotes"
    if "mapping values are not allowed" in words:
        return "; text with a colon and a space in it needs quotes, and keys of one mapping stand in one column"
    return ""


def _character(text: str, line: int, column: int) -> str:
    """What stands at a place that counts from 0; nothing at the end."""
    lines = re.split("\r\n|\r|\n", text)
    return lines[line][column : column + 1] if line < len(lines) else ""
