"""Checks of the machine on which a node lives: its files, its disks, its sockets, its certificate."""

import http.client
import os
import platform
import shutil
import socket
import sqlite3
import ssl
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tearline.config import FILE, Endpoint, Settings, Site
from tearline.config.serving import Serving, serving
from tearline.facts.errors import Malformed
from tearline.facts.words import Words
from tearline.jobs.checkup.finding import Finding, days, failed, fine, same, to_look_at

LITTLE, TOO_LITTLE = 2 * 2**30, 256 * 2**20
"""Bytes free on a disk."""
SOON = timedelta(days=21)
"""Before a certificate's end; who renews automatically does so about 30 days before it."""
ZONE = "America/Mexico_City"
SYNCHRONISED = Path("/run/systemd/timesync")
PATIENCE = 3.0


def configuration(settings: Settings, data: Path) -> Iterator[Finding]:
    """Whether the site may be served as it is configured."""
    try:
        served = serving(settings, str(data / FILE))
    except Malformed as wrong:
        yield failed("configuration", same(str(wrong)), Words("Mend node.json.", "Corrija node.json."))
        return
    yield fine(
        "configuration",
        f"The site may be served as {served.address}.",
        f"El sitio puede servirse como {served.address}.",
    )
    if settings.demo:
        yield to_look_at(
            "demonstration",
            Words("This is a demonstration node.", "Es un nodo de demostración."),
            Words("For real work make another, without --demo.", "Para trabajo real haga otro, sin --demo."),
        )
    yield from _sockets(served)


def modes(data: Path) -> Iterator[Finding]:
    """Whether anybody but the node's user may read what the node keeps."""
    kept = [data, data / FILE, *(p for p in sorted((data / "keys").glob("*")) if p.is_file()), data / "keys"]
    kept += sorted(data.glob("*.db*"))  # the ledger, and the sessions of who is signed in
    open_ones, foreign = [], []
    for path in kept:
        try:
            status = path.stat()
        except OSError:
            continue
        if stat.S_IMODE(status.st_mode) & 0o077:
            open_ones.append(path)
        if status.st_uid != os.geteuid():
            foreign.append(path)
    if open_ones:
        some = _some(open_ones)
        yield failed(
            "file-modes",
            Words(f"Others may read or write {some}.", f"Otros pueden leer o escribir {some}."),
            Words(
                "chmod go= on them; if they were open for long, replace the keys (tearline keys rotate).",
                "chmod go= en ellos; si estuvieron abiertos mucho tiempo, reemplace las claves (tearline keys rotate).",
            ),
        )
    if foreign:
        some = _some(foreign)
        yield failed(
            "file-owners",
            Words(f"Not of this user: {some}.", f"No son de este usuario: {some}."),
            Words("Run this as the node's user.", "Ejecute esto como el usuario del nodo."),
        )
    if not open_ones and not foreign:
        yield fine(
            "file-modes",
            f"{len(kept)} files and folders are for this user alone.",
            f"{len(kept)} archivos y carpetas son solo de este usuario.",
        )


def _some(paths: list[Path]) -> str:
    shown = ", ".join(str(p) for p in paths[:3])
    return f"{shown} (+{len(paths) - 3})" if len(paths) > 3 else shown


def disks(settings: Settings, data: Path) -> Iterator[Finding]:
    """How much is free where the ledger and the second store are."""
    for check, folder in (("disk", data), ("disk-of-second-store", settings.second_store(data))):
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            continue  # whether it is there, another check says
        said = Words(
            f"{free / 2**30:.1f} GiB are free under {folder}.",
            f"Quedan {free / 2**30:.1f} GiB libres en {folder}.",
        )
        do = Words(
            "Make room: a node whose disk is full records nothing.",
            "Libere espacio: un nodo con el disco lleno no registra nada.",
        )
        if free < TOO_LITTLE:
            yield failed(check, said, do)
        elif free < LITTLE:
            yield to_look_at(check, said, do)
        else:
            yield fine(check, said.en, said.es)


def versions() -> Iterator[Finding]:
    """What this runs on, for a report of a fault."""
    told = (
        f"Tearline {version('tearline')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" {ssl.OPENSSL_VERSION}"
    )
    yield fine("versions", told, told)


def zones() -> Iterator[Finding]:
    """Whether times can be shown in people's own time zones."""
    try:
        ZoneInfo(ZONE)
    except (ZoneInfoNotFoundError, OSError):
        yield to_look_at(
            "time-zones",
            Words("There is no time zone database.", "No hay base de datos de zonas horarias."),
            Words("Install the system's package tzdata.", "Instale el paquete tzdata del sistema."),
        )
    else:
        yield fine(
            "time-zones", "The time zone database is there.", "La base de datos de zonas horarias está."
        )


def synchronised() -> Iterator[Finding]:
    """Whether systemd-timesyncd, where it runs, has set this machine's clock."""
    if SYNCHRONISED.is_dir() and not (SYNCHRONISED / "synchronized").exists():
        yield to_look_at(
            "clock-source",
            Words(
                "This machine's clock was not set by a time server since it started.",
                "El reloj de esta máquina no se ha ajustado con un servidor de hora desde que arrancó.",
            ),
            Words("See timedatectl timesync-status.", "Vea timedatectl timesync-status."),
        )


def certificate(site: Site, now: datetime) -> Iterator[Finding]:
    """Whether the certificate runs, is for the address, and belongs to the key."""
    if site.tls is None:
        return
    renew = Words("Renew it, and restart the node.", "Renuévelo y reinicie el nodo.")
    try:
        held = x509.load_pem_x509_certificate(site.tls.certificate.read_bytes())
        key = serialization.load_pem_private_key(site.tls.key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as wrong:
        told = type(wrong).__name__
        yield failed(
            "certificate",
            Words(
                f"Certificate or key cannot be read ({told}).",
                f"No se puede leer el certificado o la clave ({told}).",
            ),
            renew,
        )
        return
    left = held.not_valid_after_utc - now
    until = held.not_valid_after_utc.date().isoformat()
    if held.public_key() != key.public_key():
        yield failed(
            "certificate",
            Words("The certificate belongs to another key.", "El certificado corresponde a otra clave."),
            renew,
        )
    elif not _names(held, site.hosts[0]):
        yield failed(
            "certificate",
            Words(
                f"The certificate is not for {site.hosts[0]}.", f"El certificado no es para {site.hosts[0]}."
            ),
            renew,
        )
    elif left <= timedelta() or held.not_valid_before_utc > now:
        yield failed(
            "certificate",
            Words(
                f"The certificate is not valid now; it ends on {until}.",
                f"El certificado no es válido ahora; termina el {until}.",
            ),
            renew,
        )
    elif left < SOON:
        yield to_look_at(
            "certificate",
            Words(
                f"The certificate ends in {days(left)} days.", f"El certificado termina en {days(left)} días."
            ),
            renew,
        )
    else:
        yield fine(
            "certificate",
            f"The certificate is valid until {until}.",
            f"El certificado es válido hasta el {until}.",
        )


def _names(held: x509.Certificate, host: str) -> bool:
    """RFC 9525: the names are in the subjectAltName; a wildcard stands for one label."""
    try:
        alternative = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    names = alternative.get_values_for_type(x509.DNSName)
    addresses = [str(a) for a in alternative.get_values_for_type(x509.IPAddress)]
    wild = f"*.{host.partition('.')[2]}"
    return host in names or wild in names or host.strip("[]") in addresses


def _sockets(served: Serving) -> Iterator[Finding]:
    site = served.site
    for check, endpoint in (("socket", site.listen), ("socket-of-metrics", site.metrics)):
        if endpoint is not None and endpoint.port:
            yield _socket(check, endpoint, tls=site.tls is not None and check == "socket")


def _socket(check: str, endpoint: Endpoint, *, tls: bool) -> Finding:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((endpoint.host, endpoint.port))
        except OSError as error:
            why = error.strerror or "?"
        else:
            return fine(check, f"{endpoint} is free.", f"{endpoint} está libre.")
    if not tls and _is_a_node(endpoint, "/healthz" if check == "socket" else "/metrics"):
        return fine(check, f"A node answers on {endpoint}.", f"Un nodo responde en {endpoint}.")
    return to_look_at(
        check,
        Words(f"{endpoint} cannot be taken now ({why}).", f"{endpoint} no se puede ocupar ahora ({why})."),
        Words(
            "Fine if this node runs already; else choose another in node.json.",
            "Está bien si este nodo ya funciona; si no, elija otro en node.json.",
        ),
    )


def _is_a_node(endpoint: Endpoint, path: str) -> bool:
    """Whether what listens on this machine answers as a node does."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(endpoint.host, endpoint.host)  # noqa: S104  compared, not bound
    try:
        asked = http.client.HTTPConnection(host, endpoint.port, timeout=PATIENCE)
        asked.request("GET", path, headers={"host": f"localhost:{endpoint.port}"})
        answer = asked.getresponse()
        body = answer.read(64 * 1024)
        asked.close()
    except (OSError, http.client.HTTPException):
        return False
    return answer.status == 200 and (body == b"ok\n" or b"tearline_" in body)
