"""Where a node lives on disk, and what is configured about it.

DATA/node.json    what kind of node this is, who witnesses it, where its second store is, how its site is reached
DATA/keys/        its keys, mode 0600
DATA/ledger.db    its ledger (SQLite), unless another database is named
DATA/published/   its second store, unless ``node.json`` names another folder

``node.json`` is one JSON object: ``tearline`` (1) and ``demo`` are always there, ``published``, ``witnesses``,
``quorum``, ``required`` and ``site`` only when set. It is written by ``init`` and may be edited by hand; what is not
exactly ours is ``Malformed``, with the place. What is read says how things are meant to be; whether the site can be
served so is a second question, which ``serving`` answers, and where it is not sure the answer is no.
"""

from tearline.config.disk import replace_file, sync_folder
from tearline.config.settings import (
    FILE,
    LARGEST,
    PUBLISHED,
    WITNESS_FOLDER,
    Settings,
    WitnessAddress,
    database_url,
)
from tearline.config.site import Endpoint, Oidc, Outside, Site, Tls

__all__ = [
    "FILE",
    "LARGEST",
    "PUBLISHED",
    "WITNESS_FOLDER",
    "Endpoint",
    "Oidc",
    "Outside",
    "Settings",
    "Site",
    "Tls",
    "WitnessAddress",
    "database_url",
    "replace_file",
    "sync_folder",
]
