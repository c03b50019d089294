"""What could run others' text as a program, or keep it where scripts find it, is nowhere, or where the documents say.

Each look is also shown something planted, because a look that finds nothing proves nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tearline"
TEMPLATES = SOURCE / "web" / "templates"
SCRIPTS = sorted((ROOT / "frontend" / "js").glob("*.js"))
DOCUMENT = (ROOT / "docs" / "security" / "dependencies.md").read_text("utf-8")

RUNS = frozenset({"eval", "exec", "compile", "__import__"})
LOADS = frozenset(
    """
    pickle marshal shelve dill cloudpickle joblib ctypes cffi pty commands
    xml lxml xmltodict ldap ldap3 pymemcache memcache smtplib imaplib poplib telnetlib ftplib markdown bleach
    random
    """.split()
)
WEAK = frozenset({"md5", "sha1", "new", "DES", "TripleDES", "ARC4", "Blowfish", "ECB", "CBC", "PKCS1v15"})

SAID = {
    "protocol/reading.py: exec",
    "protocol/reading.py: compile",
    "protocol/fast.py: exec",
    "protocol/fast.py: compile",
    "jobs/replay/on_spark.py: pickle",
}
"""What there is of it; ``docs/security/dependencies.md`` says why, and what keeps it safe."""


def found(source: str) -> Iterator[str]:
    """What of this stands in a module: calls that run text, modules that load objects, weak cryptography, shells."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (a.name.split(".")[0] for a in names if a.name.split(".")[0] in LOADS)
            case ast.ImportFrom(module=str(module), level=0) if module.split(".")[0] in LOADS:
                yield module.split(".")[0]
            case ast.Call(func=ast.Name(id=name)) if name in RUNS:
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen" as name)):
                yield f"os.{name}"
            case ast.Attribute(
                value=ast.Name(id="hashlib" | "hashes" | "modes" | "algorithms"), attr=name
            ) if name in WEAK:
                yield name
            case ast.Attribute(attr="from_string"):
                yield "from_string"
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                yield "shell"
            case _:
                continue


def test_nothing_that_others_send_is_run_as_a_program() -> None:
    there = {
        f"{file.relative_to(SOURCE)}: {what}"
        for file in sorted(SOURCE.rglob("*.py"))
        for what in found(file.read_text("utf-8"))
    }
    assert there == SAID
    for place in SAID:
        assert f"`{place.partition(':')[0]}`" in DOCUMENT


@pytest.mark.parametrize(
    "planted",
    [
        "eval(text)",
        "import pickle",
        "from xml.etree import ElementTree",
        "import os\nos.system(text)",
        "import subprocess\nsubprocess.run(text, shell=True)",
        "import hashlib\nhashlib.md5(b'')",
        "import random",
        "environment.from_string(text)",
    ],
)
def test_a_planted_danger_is_found(planted: str) -> None:
    assert list(found(planted))


# Templates

UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+false|\{%\s*set\s+\w+\s*\|\s*safe")
INLINE = re.compile(
    r"<[^>]*\son[a-z]+\s*=|javascript:|<style\b|\sstyle\s*=|<script(?![^>]*\bnonce=)[^>]*>", re.IGNORECASE
)


def test_templates_escape_everything_but_the_icons_that_they_hold_themselves() -> None:
    unescaped = {
        f.relative_to(TEMPLATES).as_posix()
        for f in TEMPLATES.rglob("*.html")
        if UNESCAPED.search(f.read_text())
    }
    assert unescaped == {"_icons.html"}
    assert UNESCAPED.search("{{ text|safe }}")


def test_no_template_holds_script_or_style_of_its_own() -> None:
    held = [f.name for f in TEMPLATES.rglob("*.html") if INLINE.search(f.read_text())]
    assert held == []
    for planted in ('<a onclick="x()">', '<a href="javascript:x">', "<script>x</script>", '<p style="x">'):
        assert INLINE.search(planted)


# Scripts

HTML = r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|srcdoc|DOMParser"
STORED = r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker"
RUN = r"\beval\s*\(|new\s+Function|setTimeout\(\s*[\"'`]|import\s*\("
SPOKEN = r"postMessage|onmessage|[\"']message[\"']|document\.domain|jsonp|__proto__|\.prototype\b"
FORBIDDEN = re.compile("|".join((HTML, STORED, RUN, SPOKEN)))


def test_scripts_make_no_markup_keep_nothing_and_speak_to_no_other_window() -> None:
    assert SCRIPTS
    for script in SCRIPTS:
        code = re.sub(r"^\s*//.*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
        assert not FORBIDDEN.findall(code), script.name
    for planted in ("a.innerHTML = b", "localStorage.x = 1", "window.postMessage(a, '*')", "eval(a)"):
        assert FORBIDDEN.search(planted)


def test_every_file_that_a_page_loads_is_the_site_s_own() -> None:
    loaded = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")
    kept = [
        f.name
        for f in TEMPLATES.rglob("*.html")
        if re.search(r"<(?:script|link|img|iframe)[^>]*" + loaded.pattern, f.read_text())
    ]
    assert kept == []
    sheets = (SOURCE / "web" / "static" / "css").glob("*.css")
    assert not [
        s.name for s in sheets if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", s.read_text("utf-8"))
    ]
