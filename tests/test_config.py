"""The settings of a node are read strictly and written whole."""

import json
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.config import FILE, Settings, WitnessAddress, database_url, replace_file
from tearline.facts.errors import Malformed
from tests.ledger.test_disk import no_file_larger_than

KEY = b64encode(b"\x04" + b"k" * 32).decode()
ONE = WitnessAddress(vkey=f"overseer.example/w1+00aa11bb+{KEY}", url="https://overseer.example/witness")
OTHER = WitnessAddress(vkey=f"partner.example/w2+00aa11cc+{KEY}", url="http://127.0.0.1:8000")
FULL = Settings(
    demo=False,
    published=Path("/mnt/second/node-1"),
    witnesses=(ONE, OTHER),
    quorum=2,
    required=("overseer.example/w1",),
)


def written(folder: Path, plain: object) -> Path:
    (folder / FILE).write_text(json.dumps(plain), encoding="utf-8")
    return folder


def test_settings_return_as_they_were_written(tmp_path: Path) -> None:
    for settings in (Settings(demo=True), Settings(demo=False), FULL):
        settings.write(tmp_path)
        assert Settings.read(tmp_path) == settings
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
        assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_what_the_first_version_wrote_is_still_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"tearline": 1, "demo": true}\n', encoding="utf-8")
    assert Settings.read(tmp_path) == Settings(demo=True)


def test_the_second_store_is_in_the_nodes_folder_unless_another_is_named(tmp_path: Path) -> None:
    assert Settings(demo=False).second_store(tmp_path) == tmp_path / "published"
    assert FULL.second_store(tmp_path) == Path("/mnt/second/node-1")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"tearline": 2}, "tearline"),
        ({"tearline": True}, "tearline"),
        ({"tearline": 1.0}, "tearline"),
        ({"demo": 1}, "demo"),
        ({"demo": None}, "demo"),
        ({"extra": 1}, "extra"),
        ({"published": "relative/path"}, "published"),
        ({"published": None}, "published"),
        ({"published": "/a\nb"}, "published"),
        ({"witnesses": {}}, "witnesses"),
        ({"witnesses": ["a"]}, "witnesses[0]"),
        ({"witnesses": [{"vkey": ONE.vkey}]}, "witnesses[0]"),
        ({"witnesses": [{"vkey": ONE.vkey, "url": ONE.url, "note": ""}]}, "witnesses[0]"),
        ({"witnesses": [{"vkey": "a", "url": ONE.url}]}, "witnesses[0].vkey"),
        ({"witnesses": [{"vkey": ONE.vkey + "\n", "url": ONE.url}]}, "witnesses[0].vkey"),
        ({"witnesses": [{"vkey": ONE.vkey, "url": "ftp://x"}]}, "witnesses[0].url"),
        ({"witnesses": [{"vkey": ONE.vkey, "url": "https://x:port/"}]}, "witnesses[0].url"),
        ({"witnesses": [{"vkey": ONE.vkey, "url": "https://name:word@x/"}]}, "witnesses[0].url"),
        ({"witnesses": [{"vkey": ONE.vkey, "url": ONE.url}] * 2}, "witnesses[1]"),
        ({"quorum": 3}, "quorum"),
        ({"quorum": -1}, "quorum"),
        ({"quorum": True}, "quorum"),
        ({"quorum": 1.0}, "quorum"),
        ({"required": "overseer.example/w1"}, "required"),
        ({"required": ["nobody.example"]}, "required[0]"),
        ({"required": ["overseer.example/w1"] * 2}, "required[1]"),
        ({"required": [[]]}, "required[0]"),
    ],
)
def test_what_is_not_exactly_ours_is_refused_with_its_place(
    tmp_path: Path, changed: dict[str, object], place: str
) -> None:
    with pytest.raises(Malformed) as wrong:
        Settings.read(written(tmp_path, FULL.plain() | changed))
    assert wrong.value.file == str(tmp_path / FILE)
    assert wrong.value.place == place


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "{", '{"tearline": 1}', '{"tearline":1,"demo":true,"demo":true}']
)
def test_what_is_no_settings_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(Malformed, match=FILE):
        Settings.read(tmp_path)


def test_settings_that_could_not_be_read_again_are_not_written(tmp_path: Path) -> None:
    Settings(demo=True).write(tmp_path)
    with pytest.raises(Malformed, match="quorum"):
        Settings(demo=True, quorum=1).write(tmp_path)
    assert Settings.read(tmp_path) == Settings(demo=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
    )
)
def test_any_json_is_settings_or_malformed(value: object) -> None:
    with suppress(Malformed):
        assert Settings.parse(value, FILE).plain() == value


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    with no_file_larger_than(1000), pytest.raises(OSError, match="File too large"):
        replace_file(path, b"n" * 2000)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_ledger_is_in_the_nodes_folder_unless_a_database_is_named() -> None:
    assert database_url(Path("/node"), None) == "sqlite:////node/ledger.db"
    assert database_url(Path("/node"), "sqlite:////other.db") == "sqlite:////other.db"
