"""YAML with its surprises: each is taken as written or named with its line."""

from pathlib import Path

import pytest

from campaign.content import rules
from campaign.content.frontmatter import Fields, read_front
from campaign.content.mistakes import Mistakes


def read(front: str) -> tuple[dict[str, str], list[str]]:
    """The texts of the keys a (required) and b (optional), and the mistakes."""
    mistakes = Mistakes(Path("f.md"))
    root = read_front(front, mistakes)
    if root is None:
        return {}, mistakes.lines()
    fields = Fields(root, mistakes, known=("a", "b", "names"), line=1)
    values = {
        "a": fields.required("a", rules.text(50), "?"),
        "b": fields.optional("b", rules.text(50), "?"),
    }
    return values, mistakes.lines()


@pytest.mark.parametrize(
    ("front", "a", "b"),
    [
        ("a: no\nb: 010", "no", "010"),
        ("a: 12:30:45\nb: 1e3", "12:30:45", "1e3"),
        ("a: 'null'\nb: null", "null", "?"),
        ("a: x\nb:", "x", "?"),
        ("a: x\nb: ''", "x", "?"),
        ("# remark\na: x # remark\n", "x", "?"),
        ("a: >\n  long\n  text\nb: x", "long text", "x"),
        ("{a: x, b: y}", "x", "y"),
        ("a: “Curly”: fine\nb: https://example.org", None, None),
    ],
)
def test_texts_are_taken_as_written(front: str, a: str | None, b: str | None) -> None:
    values, mistakes = read(front)
    if a is None:
        hint = "(a text with marks such as “: ” in it needs quotes)"
        assert mistakes == [
            f"f.md:2: this is not valid YAML: mapping values are not allowed here {hint}"
        ]
    else:
        assert (values, mistakes) == ({"a": a, "b": b}, [])


@pytest.mark.parametrize(
    ("front", "mistakes"),
    [
        ("", ["f.md:1: the front matter is empty"]),
        ("# only a remark", ["f.md:1: the front matter is empty"]),
        ("just words", ["f.md:1: the front matter must be lines of `key: value`"]),
        ("- a\n- b", ["f.md:1: the front matter must be lines of `key: value`"]),
        ("b: x", ["f.md:1: a is missing"]),
        ("b: x\na:", ["f.md:3: a is empty"]),
        ("a: ~", ["f.md:2: a is empty"]),
        ("a: '  '", ["f.md:2: a is empty"]),
        ("a: x\nb: y\na: z", ["f.md:4: a is already given on line 2"]),
        ("a: x\nnam: y", ["f.md:3: nam is not known here; is it names?"]),
        ("a: x\nA B: y", ["f.md:3: 'A B' is not known here"]),
        ("a: x\n<<: {b: y}", ["f.md:3: '<<' is not known here"]),
        ("a: x\n? [b]\n: y", ["f.md:3: keys must be words"]),
        (
            "a: [x]\nb:\n  c: d",
            [
                "f.md:2: a must be a single value, not a list",
                "f.md:3: b must be a single value, not a list",
            ],
        ),
        (
            "a: &x y\nb: *x",
            [
                "f.md:2: a text that starts with & needs quotes (anchors may not be used)",
                "f.md:3: a text that starts with * needs quotes (aliases may not be used)",
            ],
        ),
        (
            "b: x\na: !!python/object/apply:os.system ['true']",
            ["f.md:3: a text that starts with ! needs quotes (tags may not be used)"],
        ),
        (
            "%YAML 1.1",
            ["f.md:2: a line may not start with % (directives may not be used)"],
        ),
        ("a: x\n...", ["f.md:3: a line may not be ... (the front matter is one document)"]),
        ("a: " + "[" * 50_000, ["f.md:2: lists are nested more than 8 deep"]),
        ("a: x\n#" + "x" * 100_000, ["f.md:1: the front matter is longer than 100,000 characters"]),
    ],
)
def test_mistakes_name_their_line(front: str, mistakes: list[str]) -> None:
    assert read(front)[1] == mistakes


@pytest.mark.parametrize(
    ("front", "line"),
    [("a: x\n\tb: y", 3), ("a: x\nb: @y", 3), ("a: x\nb: 'y", 3), ("a: [", 2)],
)
def test_broken_yaml_names_its_line(front: str, line: int) -> None:
    _, (mistake,) = read(front)
    assert mistake.startswith(f"f.md:{line}: this is not valid YAML: ")


def test_aliases_never_multiply() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"k{n}: &k{n} [{', '.join(['*a' if n == 0 else f'*k{n - 1}'] * 9)}]\n" for n in range(20)
    )
    assert all("may not be used" in mistake for mistake in read(bomb)[1])
