"""Templates, and what all of them may use. One environment a language, made when first needed."""

import importlib.metadata
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tearline.facts.fact import Compartment
from tearline.facts.history import Role
from tearline.facts.release import Effect
from tearline.facts.words import Language
from tearline.folds.people import Status
from tearline.web.tongue import Tongue, tongue

STATIC = Path(__file__).parent / "static"


@cache
def manifest() -> Mapping[str, str]:
    """Plain names of static files to their hashed ones."""
    names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    return names


def asset(name: str) -> str:
    return f"/static/{manifest()[name]}"


@cache
def environment(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader("tearline.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    say = tongue(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        say.messages.gettext, say.messages.ngettext, newstyle=True
    )
    made.globals |= {
        "asset": asset,
        "say": say,
        "lang": language.value,
        "version": _version(),
        "status_word": lambda code: say(Status(code)),
        "verdict_word": lambda code: say(Effect(code)),
        "compartment_word": lambda code: say(Compartment(code)),
    }
    return made


def _version() -> str:
    try:
        return importlib.metadata.version("tearline")
    except importlib.metadata.PackageNotFoundError:  # run from its folder without being installed
        return ""


def sealed(say: Tongue, compartment: Compartment) -> Markup:
    """What stands where a field is that this reader may not see."""
    return _macros(say.language, "sealed", say(compartment))


def tag(say: Tongue, word: str, state: str = "unknown") -> Markup:
    """A word in a box, for a cell of a table."""
    return _macros(say.language, "tag", word, state)


def verdict_tag(say: Tongue, effect: Effect) -> Markup:
    return _macros(say.language, "verdict_tag", effect.value)


def status_tag(say: Tongue, status: Status) -> Markup:
    return _macros(say.language, "status", status.value)


def tlp_tag(say: Tongue, label: str) -> Markup:
    return _macros(say.language, "tlp", label)


def link(text: str | Markup, href: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, text)


@cache
def _macro_module(language: Language) -> object:
    return environment(language).get_template("_macros.html").make_module({})


def _macros(language: Language, name: str, *args: object) -> Markup:
    return Markup(getattr(_macro_module(language), name)(*args))  # noqa: S704  the macro escapes


def render(
    template: str,
    say: Tongue,
    *,
    nonce: str,
    here: str,
    path: str,
    role: Role | None,
    context: Mapping[str, object],
) -> str:
    """The page. ``here`` is where the language switch comes back to."""
    other = Language.EN if say.language is Language.ES else Language.ES
    return (
        environment(say.language)
        .get_template(template)
        .render(
            say=say,
            nonce=nonce,
            path=path,
            switch_url=f"/language?to={other.value}&back={quote(here, safe='')}",
            identity={"name": say(role)} if role else None,
            nav=_places(say, role),
            **context,
        )
    )


def _places(say: Tongue, role: Role | None) -> list[tuple[str, str]]:
    if role is None:
        return []
    if role is Role.PARTNER_LIAISON:
        return [("/", say("What needs me")), ("/releases", say("Releases")), ("/ledger", say("Ledger"))]
    return [
        ("/", say("What needs me")),
        ("/releases", say("Releases")),
        ("/parties", say("Parties")),
        ("/leaks", say("Leaks")),
        ("/harm", say("Harm")),
        ("/operations", say("Operations")),
        ("/obligations", say("Obligations")),
        ("/ledger", say("Ledger")),
    ]
