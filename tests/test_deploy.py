"""What is shipped for operation is what it says: a closed unit, a locked image, alerts on figures that there are."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tearline.config import Settings
from tearline.config.serving import serving
from tearline.node import make_node
from tearline.web.app import create_app

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
DOC = (ROOT / "docs" / "deploy.md").read_text("utf-8")
UNITS = sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer"))


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """The sections of a unit file, each key with all its values: systemd takes one several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = found.setdefault(header[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals, f"{path.name}:{number}"
        section.setdefault(key, []).append(value)
    return found


def test_the_unit_leaves_the_service_no_more_than_it_needs() -> None:
    service = unit(DEPLOY / "tearline.service")["Service"]
    for key, value in {
        "User": "tearline",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "RestrictNamespaces": "yes",
        "RestrictSUIDSGID": "yes",
        "LockPersonality": "yes",
        "ProtectKernelTunables": "yes",
        "StateDirectory": "tearline",
        "StateDirectoryMode": "0700",
        "UMask": "0077",
        "LimitCORE": "0",
        "KillSignal": "SIGTERM",
        "InaccessiblePaths": "-/opt/tearline/.git",
    }.items():
        assert service[key] == [value], key
    assert service["SystemCallFilter"][0] == "@system-service"
    assert not [key for key in service if key.startswith("ExecStart") and "sudo" in str(service[key])]
    assert "LoadCredential" in (DEPLOY / "tearline.service").read_text()


def test_the_unit_waits_longer_for_the_end_than_the_node_takes() -> None:
    service = unit(DEPLOY / "tearline.service")["Service"]
    assert int(service["TimeoutStopSec"][0]) > Settings(demo=False).site.stop_seconds + 5


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_each_command_of_a_unit_is_a_command_with_these_options(path: Path) -> None:
    from tests.cli.test_usage import COMMANDS

    called = re.findall(r"bin/tearline ((?:[a-z-]+ )+)", path.read_text("utf-8"))
    if path.suffix == ".service":
        assert called
    for words in called:
        name = tuple(words.split())[:1]
        assert name in COMMANDS
        options = {o for p in COMMANDS[name].params for o in p.opts}
        line = next(ln for ln in path.read_text().splitlines() if f"bin/tearline {words}" in ln)
        assert set(re.findall(r"(?<= )--[a-z-]+", line.partition("tearline ")[2])) <= options


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_finds_the_units_right_and_closed(tmp_path: Path) -> None:
    """The program and its user are not on this machine, so others that are stand for them."""
    for path in UNITS:
        text = re.sub(r"/opt/tearline/\S+", "/bin/true", path.read_text("utf-8"))
        text = re.sub(r"(?m)^(User|Group)=.*", r"\1=root", text)
        (tmp_path / path.name).write_text(text)
    ran = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / p.name) for p in UNITS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    about_ours = [line for line in ran.stderr.splitlines() if "tearline" in line]
    assert not about_ours, about_ours
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(DEPLOY / "tearline.service")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "Unknown command" in told.stderr or "unrecognized option" in told.stderr:
        pytest.skip("this systemd-analyze does not look at files")
    assert told.returncode == 0, told.stdout[-200:]


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Containerfile with their arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(w, rest) for w, _, rest in (line.strip().partition(" ") for line in joined.splitlines()) if w]


def test_the_image_is_installed_from_the_locks_by_hash_and_runs_as_nobody_in_particular() -> None:
    found = instructions((DEPLOY / "Containerfile").read_text("utf-8"))
    installs = [rest for word, rest in found if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes -r requirements-build.lock -r requirements.lock" in installs[0]
    assert {"--no-deps", "--no-build-isolation", "--no-index"} <= set(installs[1].split())
    copied = [part for word, rest in found if word == "COPY" for part in rest.split()[:-1]]
    for name in copied:
        assert name.startswith(("--", "/opt")) or (ROOT / name).exists(), name
    last = [rest for word, rest in found if word == "FROM"][-1]
    users = [rest for word, rest in found if word == "USER"]
    assert last == "${BASE}"
    assert users == ["10001:10001"]
    words = [word for word, _ in found]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert {"HEALTHCHECK", "STOPSIGNAL", "VOLUME"} <= set(words)
    assert "curl" not in str(found)


def test_no_digest_is_invented() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"sha256:[0-9a-f]", path.read_text("utf-8")), path.name


def test_the_image_takes_nothing_but_what_it_is_made_of() -> None:
    taken = (DEPLOY / ".containerignore").read_text().splitlines()
    assert "*" in taken
    assert {line[1:] for line in taken if line.startswith("!")} >= {"src", "cases", "requirements.lock"}


def test_each_alert_asks_for_figures_that_there_are_and_is_explained(tmp_path: Path) -> None:
    node = make_node(tmp_path / "node", origin="alerts.invalid/a", demo=True)
    metrics = create_app(node, demo=True).state.metrics
    metrics.requested("/", "GET", 500, 0.1)
    metrics.refused("signs-once")
    exposed = generate_latest(metrics.registry).decode()
    node.ledger.close()
    there = {s.name for f in text_string_to_metric_families(exposed) for s in f.samples}
    there |= {f.name for f in text_string_to_metric_families(exposed)} | {"up"}
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    asked = set()
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        names = set(re.findall(r"\b(?:tearline|process|up)[a-z_]*", re.sub(r'"[^"]*"', "", rule["expr"])))
        assert names
        assert names <= there, names - there
        asked |= names
        anchor = rule["annotations"]["runbook"].partition("#")[2]
        assert f"### {rule['alert']}\n" in DOC
        assert anchor == rule["alert"].lower()
    assert "tearline_node_stopped" in asked


def test_the_proxy_of_the_example_and_the_node_behind_it_fit() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8")
    written = re.search(r'"site": (\{.*\})', caddy)
    assert written
    site = yaml.safe_load(written[1])
    served = serving(Settings.parse({"tearline": 1, "demo": False, "site": site}, "node.json"), "node.json")
    assert f"\n{served.site.hosts[0]} {{" in caddy
    assert f"reverse_proxy {served.site.listen} {{" in caddy
    assert caddy.count("{") == caddy.count("}")
    assert "output discard" in caddy


def test_the_proxy_leads_people_to_https_and_programs_nowhere() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8")
    clear = re.search(r"\nhttp://node\.agency\.example \{\n(.*?)\n\}\n", caddy, re.DOTALL)
    assert clear
    programs, _, people = clear[1].partition("\thandle {")
    assert "handle /api/* {" in programs
    assert "403" in programs
    assert "redir" not in programs
    assert "redir https://node.agency.example{uri}" in people
    for loosened in ("protocols", "ciphers", "tls_insecure_skip_verify", "file_server", "browse"):
        assert not re.search(rf"^\s*{loosened}\b", caddy, re.MULTILINE)


def test_each_node_json_of_the_document_is_one_that_would_be_served(tmp_path: Path) -> None:
    held = re.findall(r"```json\n(.*?)```", DOC, re.DOTALL)
    assert len(held) >= 2
    for text in held:
        (tmp_path / "secret").write_text("word")
        (tmp_path / "secret").chmod(0o600)
        settings = Settings.parse(
            yaml.safe_load(re.sub(r'"/(?:run|etc)/[^"]*"', f'"{tmp_path}/secret"', text)), "node.json"
        )
        serving(settings, "node.json")


def test_each_command_of_the_document_is_one() -> None:
    from tests.cli.test_usage import COMMANDS

    said = re.findall(r"(?:bin/|`)tearline ((?:[a-z-]+ ?)+)", DOC)
    assert len(said) > 8
    known = {" ".join(words) for words in COMMANDS}
    for words in said:
        assert any(words.strip() == k or words.startswith(f"{k} ") for k in known), words


def test_the_timer_belongs_to_the_backup() -> None:
    assert unit(DEPLOY / "tearline-backup.timer")["Timer"]["OnCalendar"]
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read(DEPLOY / "tearline-backup.service")
    assert "--without-keys" in parser["Service"]["ExecStart"]
