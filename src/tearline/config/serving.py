"""Whether a site may be served as it is configured, and what that comes to. Where it is not sure, the answer is no.

Each refusal is ``Malformed`` with its place in ``node.json`` and what would be right. A demonstration lets anyone take
on any role, so nobody but this machine may reach it, not through a proxy either. Any other node is reached over https,
or from this machine alone; and a name that was not configured is answered by nobody.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tearline.config.settings import Settings
from tearline.config.site import Endpoint, Site
from tearline.facts.errors import Malformed
from tearline.facts.words import Words

LARGEST_SECRET = 64 * 1024
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Set by systemd: the folder in which it puts a unit's LoadCredential files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A site that may be served: where it listens, the address that people use, the names it answers to."""

    demo: bool
    site: Site

    @property
    def address(self) -> str:
        """Without a configured one, where it listens; an unspecified port is known only once it is bound."""
        return self.site.address or f"http://{self.site.listen}"

    def sentences(self) -> Iterator[Words]:
        """What would be done, in plain words."""
        site = self.site
        yield Words(
            f"The site listens on {site.listen} and is reached as {self.address}.",
            f"El sitio escucha en {site.listen} y se llega a él por {self.address}.",
        )
        yield Words(
            f"It answers to {', '.join(site.hosts)} and to no other name.",
            f"Responde a {', '.join(site.hosts)} y a ningún otro nombre.",
        )
        yield self._tls()
        if self.demo:
            yield Words(
                "This is a demonstration: anyone on this machine takes on any role.",
                "Es una demostración: cualquiera en esta máquina toma cualquier función.",
            )
        yield Words(
            f"A session ends after {site.idle_minutes} minutes without use, and {site.absolute_hours} hours after"
            " sign-in at the latest.",
            f"Una sesión termina tras {site.idle_minutes} minutos sin uso y, a más tardar, {site.absolute_hours} horas"
            " después de iniciarse.",
        )
        if site.oidc is not None:
            yield Words(
                f"People may sign in through {site.oidc.issuer}.",
                f"Se puede iniciar sesión por {site.oidc.issuer}.",
            )
        yield self._outside()
        yield self._metrics()
        yield Words(
            f"Told to stop, it finishes what is under way within {site.stop_seconds} seconds.",
            f"Si se le pide detenerse, termina lo que esté en curso en {site.stop_seconds} segundos.",
        )

    def _tls(self) -> Words:
        site = self.site
        if site.tls is not None:
            return Words(
                f"TLS ends here, with the certificate in {site.tls.certificate}.",
                f"TLS termina aquí, con el certificado de {site.tls.certificate}.",
            )
        if site.proxies:
            told = ", ".join(site.proxies)
            return Words(
                f"TLS ends in the proxy at {told}: its forwarded headers are believed, and nobody else is served.",
                f"TLS termina en el proxy de {told}: se creen sus encabezados reenviados y no se atiende a nadie más.",
            )
        return Words(
            "There is no TLS: only this machine reaches it. Forwarded headers are ignored.",
            "No hay TLS: solo esta máquina llega a él. Los encabezados reenviados se ignoran.",
        )

    def _outside(self) -> Words:
        outside = self.site.outside
        if outside is None:
            if self.demo:
                return Words(
                    "As a demonstration it shows the door by which people without an account report harm.",
                    "Como demostración muestra la puerta por la que se informa de daños sin una cuenta.",
                )
            return Words(
                "Nobody without an account can report harm here.",
                "Nadie sin una cuenta puede informar aquí de un daño.",
            )
        return Words(
            f"Anyone may report harm at /report without an account; {outside.desk.en} answers within"
            f" {outside.answer_days} days.",
            f"Cualquiera puede informar de un daño en /report sin una cuenta; responde {outside.desk.es} en"
            f" {outside.answer_days} días.",
        )

    def _metrics(self) -> Words:
        if self.site.metrics is None:
            return Words("No figures are served.", "No se sirven cifras.")
        return Words(
            f"Figures for monitoring are at http://{self.site.metrics}/metrics, for this machine alone.",
            f"Las cifras para vigilancia están en http://{self.site.metrics}/metrics, solo para esta máquina.",
        )


def serving(settings: Settings, file: str, *, host: str | None = None, port: int | None = None) -> Serving:
    """What would be served; ``host`` and ``port`` take the place of the configured ones. Malformed, or it may be."""
    site = settings.site
    place = "site.listen" if host is None else "--host"
    if host is not None:
        Endpoint.parse(f"[{host}]:1" if ":" in host else f"{host}:1", "--host", host)
    listen = Endpoint(
        host=site.listen.host if host is None else host, port=site.listen.port if port is None else port
    )
    site = replace(site, listen=listen)
    if settings.demo:
        _check_demo(site, file, place)
    _check_reached(site, file, place)
    _check_tls(site, file)
    if site.outside is not None and not settings.demo and not site.https:
        raise Malformed(
            file, "site.outside", "an https site.address beside it: what people report crosses their network"
        )
    if site.oidc is not None and site.address is None:
        raise Malformed(
            file, "site.oidc", "a site.address beside it, to which the directory sends people back"
        )
    if site.oidc is not None and site.oidc.client_secret_file is not None:
        read_secret(site.oidc.client_secret_file, file, "site.oidc.client_secret_file")
    return Serving(demo=settings.demo, site=site)


def _check_demo(site: Site, file: str, place: str) -> None:
    because = "a demonstration lets anyone take on any role"
    if not site.listen.loopback:
        raise Malformed(file, place, f"a loopback address such as 127.0.0.1: {because}")
    if site.https or site.proxies:
        name = "site.address" if site.https else "site.proxies"
        raise Malformed(file, name, f"none for a demonstration: {because}")


def _check_reached(site: Site, file: str, place: str) -> None:
    if site.address is None:
        if not site.listen.loopback:
            raise Malformed(
                file, place, "a loopback address, or a site.address under which people reach this node"
            )
        for name in ("tls", "proxies"):
            if getattr(site, name):
                raise Malformed(
                    file, f"site.{name}", "a site.address beside it, under which the site is reached"
                )
    elif not site.https and not site.listen.loopback:
        raise Malformed(file, place, f"a loopback address, since {site.address} is for this machine alone")


def _check_tls(site: Site, file: str) -> None:
    if site.https and site.tls is None and not site.proxies:
        raise Malformed(
            file,
            "site.tls",
            "a certificate and a key, or in site.proxies the proxy in which TLS ends: the address is https",
        )
    if not site.https and site.tls is not None:
        raise Malformed(file, "site.tls", "none, or an https address")
    if not site.https and site.proxies:
        raise Malformed(file, "site.proxies", "none, or an https address: a proxy lets others in")
    if site.tls is not None:
        read_secret(site.tls.key, file, "site.tls.key")
        _read(site.tls.certificate, file, "site.tls.certificate")


def read_secret(path: Path, file: str, place: str) -> bytes:
    """A secret's bytes. Malformed when it is not there, not a plain file, or can be read by others than its owner."""
    content, status = _read(path, file, place)
    mode = stat.S_IMODE(status.st_mode)
    # systemd gives a unit's user the right to read by an access control list, which stat shows as the group's.
    ours = os.environ.get(CREDENTIALS)
    allowed = 0o440 if ours and path.parent == Path(ours) else 0o600
    if mode & ~allowed & 0o077 or status.st_uid not in (os.geteuid(), 0):
        raise Malformed(
            file, place, f"a file that only who runs the node may read: {path} is {mode:04o}; chmod 600"
        )
    return content


def _read(path: Path, file: str, place: str) -> tuple[bytes, os.stat_result]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise Malformed(file, place, f"a file that can be read: {path}: {error.strerror}") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Malformed(file, place, f"a plain file: {path}")
        return os.read(handle, LARGEST_SECRET), status
    finally:
        os.close(handle)
