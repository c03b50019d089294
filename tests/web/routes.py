"""Every route of the site, as the site itself has it: template and methods."""

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute


def routes_of(app: FastAPI) -> Iterator[tuple[str, frozenset[str]]]:
    """Each page's template with its methods, those of included routers with their prefix; mounts are not among them."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            yield route.path_format, frozenset(route.methods or ())
        elif hasattr(route, "effective_route_contexts"):
            for held in route.effective_route_contexts():
                yield held.path_format, frozenset(held.methods)


def filled(template: str, value: str) -> str:
    """The template with this value for each of its parameters."""
    return re.sub(r"\{[^}]+\}", value, template)
