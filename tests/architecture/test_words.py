"""Every sentence for supporters and officials can be translated, and every translation is whole."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from campaign.languages import DEFAULT, NAMES, translations
from campaign.resources import folder

ROOT = folder("templates").parent
TRANSLATIONS = folder("translations")
SPOKEN = sorted({*NAMES, *(path.name for path in TRANSLATIONS.iterdir() if path.is_dir())})
OTHERS = [code for code in SPOKEN if code != DEFAULT]

# Nobody outside reads these.
OURS_ALONE = ("staff/", "security/", "email/staff-", "public/mail.html", "public/mailbox.html")
OUR_MACROS = ("staff", "charts", "moderation", "paper", "writing", "deliveries")
# Names and abbreviations, which are the same in every language; and the name of a class.
SAME = {"SHA", "AGPL", "Groundswell", "WhatsApp", "Telegram", "Bluesky", "tint"}
# What only programs read, though it looks like words: attributes that a macro makes, keys, values.
CODE = {
    "macros/forms.html": {"aria", "describedby", "invalid", "true"},
    "macros/mine.html": {"own page", "unsubscribe link", "not recorded"},
    "public/embed_base.html": {"light dark"},
}
SAID_IN = ("content", "aria-label", "alt", "title", "placeholder")
UNSAID = ("script", "style", "textarea", "code")
CALLS = {"_": 1, "gettext": 1, "ngettext": 2}


# Catalogues.


@cache
def sentences() -> Catalog:
    """Every sentence in the code, as `make words` finds it."""
    with (TRANSLATIONS / "extract.ini").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for source in ("campaign", "templates"):
        rules = [(pattern.removeprefix(f"{source}/"), method) for pattern, method in methods]
        chosen = {pattern.removeprefix(f"{source}/"): given for pattern, given in options.items()}
        for name, line, message, _, context in extract_from_dir(ROOT / source, rules, chosen):
            found.add(message, None, [(name, line)], context=context)
    return found


def catalogue(code: str) -> Catalog:
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=code)


def forms(message: Message) -> tuple[list[str], list[str]]:
    """What is said in English, and in the language: one form, or one for each kind of number."""
    said, there = message.id, message.string
    return (
        [said] if isinstance(said, str) else list(said),
        [there] if isinstance(there, str) else list(there),
    )


def mistakes(message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with the translation of one sentence."""
    english, other = forms(message)
    if not all(other):
        yield "is not translated"
        return
    if message.fuzzy:
        yield "is a guess"
    if len(english) > 1 and len(other) != plurals:
        yield f"needs {plurals} forms"
    # The last form is that for most numbers. One for few of them may leave the figure out, and
    # with it its markup, as “one person” does; it may not leave out more than that.
    for form in other[:-1]:
        yield from differences(english, form, may_lack=1)
    yield from differences(english, other[-1])


def differences(english: list[str], form: str, *, may_lack: int = 0) -> Iterator[str]:
    wanted, found = marks(english[-1]), marks(form)
    if not (found <= wanted and len(wanted - found) <= may_lack):
        yield f"has not the same %(…)s: {form}"
    markup, made = Counter(tags(english[-1])), Counter(tags(form))
    if not (made <= markup and (markup - made).total() <= 2 * may_lack):
        yield f"has not the same markup: {form}"


def marks(sentence: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[a-z]|%%", sentence))


def tags(sentence: str) -> list[str]:
    return sorted(re.findall(r"</?[a-z][^>]*>", sentence))


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_is_whole(code: str) -> None:
    known, wanted = catalogue(code), sentences()
    wrong = []
    for message in wanted:
        found = known.get(message.id, message.context) if message.id else None
        if message.id and found is None:
            wrong.append(f"{message.id}: is missing")
        elif found is not None:
            wrong += [f"{message.id}: {what}" for what in mistakes(found, known.num_plurals)]
    stale = [str(one.id) for one in known if one.id and wanted.get(one.id, one.context) is None]
    wrong += [f"{sentence}: is said nowhere" for sentence in [*stale, *known.obsolete]]
    assert wrong == []


def test_what_is_wrong_with_a_translation_is_found() -> None:
    def found(english: object, other: object, flags: tuple[str, ...] = ()) -> list[str]:
        return list(mistakes(Message(english, other, flags=flags), 2))  # type: ignore[arg-type]

    assert found("%(n)s <b>x</b>", "<b>y</b> %(n)s") == []
    assert found("a", "") == ["is not translated"]
    assert found("a", "b", ("fuzzy",)) == ["is a guess"]
    assert found("%(n)s", "%(m)s") == ["has not the same %(…)s: %(m)s"]
    assert found("<b>a</b>", "a") == ["has not the same markup: a"]
    assert found(("%(n)s a", "%(n)s as"), ("un", "%(n)s")) == []
    assert found(("%(n)s a", "%(n)s as"), ("%(n)s", "un")) == ["has not the same %(…)s: un"]
    assert found(("%(n)s %(m)s", "%(n)s %(m)s"), ("un", "%(n)s %(m)s")) == [
        "has not the same %(…)s: un"
    ]
    assert found(("one a", "%(n)s as"), ("un", "%(n)s")) == []
    assert found(("a", "as"), ("b",)) == ["needs 2 forms"]


def test_sentences_are_found_where_they_stand() -> None:
    for sentence in ("Go to the home page", "One step is left", "Yours sincerely,"):
        assert sentence in sentences()


# Templates.


class Bare(HTMLParser):
    """Collects words that stand in a template as they are: text, and what attributes say."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unsaid = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unsaid = self._unsaid or (tag if tag in UNSAID else "")
        given = dict(attrs)
        # What `content` says depends on its name: only a description is read by people.
        for name in SAID_IN if given.get("name") != "viewport" else ():
            if name != "content" or given.get("name") == "description":
                self.words += words(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unsaid:
            self._unsaid = ""

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.words += words(data)


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in SAME]


def untranslated(source: str, *, is_html: bool = True) -> list[str]:
    """The words of a template that no translation reaches."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=is_html)
    tree = environment.parse(source)
    # A value is put in for each expression, so that tags stay whole.
    for output in tree.find_all(nodes.Output):
        output.nodes = [
            one if isinstance(one, nodes.TemplateData) else nodes.TemplateData("0")
            for one in output.nodes
        ]
    bare = "".join(data.data for data in tree.find_all(nodes.TemplateData))
    if not is_html:
        return words(bare)
    parser = Bare()
    parser.feed(bare)
    return parser.words + said_in_code(environment.parse(source))


def said_in_code(tree: nodes.Template) -> list[str]:
    """Sentences in quotes within `{{ … }}`, outside of a call that translates them."""
    return [
        const.value
        for const in untaken(tree)
        if isinstance(const.value, str)
        and re.search(r"[a-z]{2,} [a-z’]{2,}", const.value)
        and not all("." in word for word in const.value.split())  # Names of mail servers.
    ]


def untaken(node: nodes.Node) -> Iterator[nodes.Const]:
    called = node.node if isinstance(node, nodes.Call) else None
    if isinstance(called, nodes.Name) and called.name in CALLS:
        return
    if isinstance(node, nodes.Const):
        yield node
    for child in node.iter_child_nodes():
        yield from untaken(child)


def outside() -> list[str]:
    """The templates of pages and mails that supporters and officials read."""
    home = folder("templates")
    names = [str(path.relative_to(home)) for path in sorted(home.rglob("*.*"))]
    return [
        name
        for name in names
        if name.endswith((".html", ".txt"))
        and not name.startswith(OURS_ALONE)
        and Path(name).stem not in [one for one in OUR_MACROS if name.startswith("macros/")]
    ]


@pytest.mark.parametrize("name", outside())
def test_no_word_of_a_template_is_english_alone(name: str) -> None:
    source = (folder("templates") / name).read_text(encoding="utf-8")
    found = set(untranslated(source, is_html=name.endswith(".html")))
    assert found == CODE.get(name, set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ _('Sign') }}</p>", []),
        ("<p>Sign {{ x }}</p>", ["Sign"]),
        ("{% trans %}Sign <a href='/'>it</a>{% endtrans %}", []),
        ('<p aria-label="Main" class="wide">{{ x }}</p>', ["Main"]),
        ("<img alt='{{ _(\"A cat\") }}'>", []),
        ("{{ 'Sign it now' if x else _('Later') }}", ["Sign it now"]),
        ("{% if x %}<b>{{ site_name }} SHA-256</b>{% endif %}", []),
        ('<meta name="viewport" content="width=device-width">', []),
    ],
)
def test_words_outside_of_translations_are_found(source: str, found: list[str]) -> None:
    assert untranslated(source) == found


# Code.


# Where sentences are marked with `N_`, they are translated later, by what holds them.
MODULES = [
    file for file in sorted((ROOT / "campaign").rglob("*.py")) if "N_(" not in file.read_text()
]


@pytest.mark.parametrize("file", MODULES, ids=lambda f: f.stem)
def test_what_is_translated_stands_there_as_it_is(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "campaign.languages"
        for alias in node.names
    }
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in imported & set(CALLS):
            said = node.args[: CALLS[called.id]]
            for one in said:
                assert isinstance(one, ast.Constant), f"line {node.lineno}"
                assert isinstance(one.value, str), f"line {node.lineno}"


def test_nothing_is_translated_before_a_language_is_known() -> None:
    early = []
    for file in (ROOT / "campaign").rglob("*.py"):
        for statement in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.ImportFrom):
                names = [n.func for n in ast.walk(statement) if isinstance(n, ast.Call)]
                early += [file.name for n in names if isinstance(n, ast.Name) and n.id in CALLS]
    assert early == []


@pytest.mark.parametrize("code", OTHERS)
def test_each_number_takes_the_form_that_its_language_has_for_it(code: str) -> None:
    spoken, rule = translations(code), Locale.parse(code).plural_form
    one, many = "%(months)s month", "%(months)s months"
    there = catalogue(code)[one].string
    kinds = ("zero", "one", "two", "few", "many", "other") if code == "ar" else ("one", "other")
    for number in (0, 1, 2, 3, 10, 11, 14, 99, 100, 101, 102, 103, 111, 999):
        assert spoken.ungettext(one, many, number) == there[kinds.index(rule(number))], number
