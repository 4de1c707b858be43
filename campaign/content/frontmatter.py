"""Front matter: YAML read as nodes, so that every mistake knows its line.

Nothing is constructed from the YAML. A value is the text that stands there, so `no` stays the
word no and 010 is not eight; each rule says what its text must look like.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TypeVar

import yaml
from yaml import tokens as tok

from campaign.content.mistakes import EMPTY, Mistakes, quoted

T = TypeVar("T")

FIRST_LINE = 2  # Line 1 of the file is the opening fence.
MAX_DEPTH = 8
MAX_FRONT = 100_000

_OPENS = (
    tok.BlockMappingStartToken,
    tok.BlockSequenceStartToken,
    tok.FlowMappingStartToken,
    tok.FlowSequenceStartToken,
)
_CLOSES = (tok.BlockEndToken, tok.FlowMappingEndToken, tok.FlowSequenceEndToken)
_REFUSED: dict[type[tok.Token], str] = {
    tok.AnchorToken: "a text that starts with & needs quotes (anchors may not be used)",
    tok.AliasToken: "a text that starts with * needs quotes (aliases may not be used)",
    tok.TagToken: "a text that starts with ! needs quotes (tags may not be used)",
    tok.DirectiveToken: "a line may not start with % (directives may not be used)",
    tok.DocumentEndToken: "a line may not be ... (the front matter is one document)",
}


def read_front(front: str, mistakes: Mistakes) -> yaml.Node | None:
    """The root of the YAML, or None with the reason in `mistakes`."""
    if len(front) > MAX_FRONT:
        mistakes.add(1, f"the front matter is longer than {MAX_FRONT:,} characters")
        return None
    try:
        if not _plain(front, mistakes):
            return None
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        hint = "a text with marks such as “: ” in it needs quotes"
        mistakes.add(line + FIRST_LINE, f"this is not valid YAML: {error.problem} ({hint})")
        return None
    except (ValueError, OverflowError):
        # The parser does not say where: it fails while it turns the number into a character.
        mistakes.add(1, "a \\U in the front matter is followed by the number of no character")
        return None
    if root is None:
        mistakes.add(1, "the front matter is empty")
    return root


def _plain(front: str, mistakes: Mistakes) -> bool:
    """Whether the YAML is free of what could grow, nest without end or make objects."""
    depth = 0
    plain = True
    for token in yaml.scan(front, Loader=yaml.SafeLoader):
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        refusal = _REFUSED.get(type(token))
        if refusal:
            mistakes.add(line_of(token), refusal)
            plain = False
        if depth > MAX_DEPTH:
            mistakes.add(line_of(token), f"lists are nested more than {MAX_DEPTH} deep")
            return False
    return plain


def line_of(marked: yaml.Node | tok.Token) -> int:
    """The line of the file on which a node or token starts."""
    return int(marked.start_mark.line) + FIRST_LINE


class Fields:
    """The keys of one mapping; each is read once, by the rule for its value.

    A rule takes the value's node and returns what it stands for, or raises ValueError with a
    message that follows the key's name. `blank` and `absent` stand in for what is not there.
    """

    def __init__(
        self,
        node: yaml.Node,
        mistakes: Mistakes,
        *,
        known: Sequence[str],
        prefix: str = "",
        line: int = 0,
    ) -> None:
        self._mistakes = mistakes
        self._known = known
        self._prefix = prefix
        self._line = line or line_of(node)
        self._values: dict[str, tuple[int, yaml.Node]] = {}
        if not isinstance(node, yaml.MappingNode):
            what = prefix.rstrip(".") or "the front matter"
            mistakes.add(self._line, f"{what} must be lines of `key: value`")
            # One mistake is enough: the keys are not reported as missing as well.
            self._known = ()
            return
        for key, value in node.value:
            self._take(key, value)

    def required(self, name: str, rule: Callable[[yaml.Node], T], blank: T) -> T:
        """The value of a key that must be there and not be empty."""
        found = self._values.get(name)
        if found is None:
            if self._known:
                self._mistakes.add(self._line, "is missing", self._prefix + name)
            return blank
        if _is_empty(found[1]):
            self.wrong(name, EMPTY)
            return blank
        return self._read(name, rule, blank)

    def optional(self, name: str, rule: Callable[[yaml.Node], T], absent: T) -> T:
        """The value of a key that may be missing or empty."""
        found = self._values.get(name)
        return absent if found is None or _is_empty(found[1]) else self._read(name, rule, absent)

    def has(self, name: str) -> bool:
        """Whether the key is there, be it empty."""
        return name in self._values

    def line(self, name: str) -> int:
        """The line of the key, or that of the whole mapping where there is none."""
        return self._values[name][0] if name in self._values else self._line

    def wrong(self, name: str, what: str) -> None:
        """Note that the value of `name` is wrong; `what` follows the name."""
        self._mistakes.add(self.line(name), what, self._prefix + name)

    def _read(self, name: str, rule: Callable[[yaml.Node], T], instead: T) -> T:
        try:
            return rule(self._values[name][1])
        except ValueError as error:
            self.wrong(name, str(error))
            return instead

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        line = line_of(key)
        if not isinstance(key, yaml.ScalarNode):
            self._mistakes.add(line, f"{self._prefix}keys must be words")
            return
        name = str(key.value)
        if name not in self._known:
            close = difflib.get_close_matches(name, self._known, 1)
            hint = f"; is it {close[0]}?" if close else ""
            shown = name if name.isidentifier() and len(name) < 40 else quoted(name)
            self._mistakes.add(line, f"{self._prefix}{shown} is not known here{hint}")
        elif name in self._values:
            first = self._values[name][0]
            self._mistakes.add(line, f"{self._prefix}{name} is already given on line {first}")
        else:
            self._values[name] = (line, value)


def _is_empty(node: yaml.Node) -> bool:
    if isinstance(node, yaml.ScalarNode):
        return node.tag == "tag:yaml.org,2002:null" or not str(node.value).strip()
    return False
