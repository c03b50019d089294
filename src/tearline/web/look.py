"""Templates, and what all of them may use. One environment a language, made when first needed."""

import importlib.metadata
import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tearline.facts.fact import Compartment
from tearline.facts.history import Role
from tearline.facts.release import Effect
from tearline.facts.words import Language
from tearline.folds.people import Status
from tearline.signin.policy import Answer
from tearline.web.navigation import KEYS, navigation
from tearline.web.policy import SITE
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
    made.globals |= _messages(say) | {
        "asset": asset,
        "say": say,
        "lang": language.value,
        "version": _version(),
        "shortcut_keys": KEYS,
        "status_word": lambda code: say(Status(code)),
        "verdict_word": lambda code: say(Effect(code)),
        "compartment_word": lambda code: say(Compartment(code)),
    }
    return made


def _messages(say: Tongue) -> dict[str, Callable[..., Markup]]:
    """The functions by which templates call messages, as the extension's own in its new style, but each message marked
    as safe once and without a look into the page's context: they were a tenth of a page.
    """

    @cache
    def message(text: str) -> Markup:
        return Markup(say.messages.gettext(text))  # noqa: S704  the catalogue's own words

    @cache
    def plain(text: str) -> Markup:
        return message(text) % {}

    def gettext(text: str, /, **values: object) -> Markup:
        return message(text) % values if values else plain(text)

    def ngettext(one: str, more: str, num: int, /, **values: object) -> Markup:
        return Markup(say.messages.ngettext(one, more, num)) % {"num": num, **values}  # noqa: S704  as above

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


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


def code(text: str) -> Markup:
    """A text as it is written for the machine."""
    return Markup("<code>{}</code>").format(text)


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
    demo: bool,
    context: Mapping[str, object],
) -> str:
    """The page. ``here`` is where the language switch comes back to. ``demo``: nobody signed in; every page says so."""
    other = Language.EN if say.language is Language.ES else Language.ES
    page = (
        environment(say.language)
        .get_template(template)
        .render(
            say=say,
            nonce=nonce,
            path=path,
            may=lambda template: SITE.answer(template, "POST", role) is Answer.SERVED,
            switch_url=f"/language?to={other.value}&back={quote(here, safe='')}",
            identity={"name": say(role)} if role else None,
            nav=navigation(say, role, demo=demo),
            demo=demo,
            **context,
        )
    )
    return leading(page, role) if role in SITE.narrow else page


LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def leading(page: str, role: Role) -> str:
    """The page without the links that lead nowhere for this role: their words stay, as text."""
    return LINK.sub(lambda found: found[0] if _leads(found[1], role) else found[2], page)


@lru_cache(maxsize=8192)
def _leads(address: str, role: Role) -> bool:
    """The table never changes, and a page's frame has the same links each time."""
    return SITE.leads(address, role)
