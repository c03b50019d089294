"""Backing up and restoring a whole node, and its second store."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, checked, opened, read
from tearline.cli.said import aside, document
from tearline.facts.errors import Malformed

BACKUP_EXAMPLE = "Example: tearline backup /mnt/backup/node-2026-11-22 --passphrase-file /run/secrets/backup"
RESTORE_EXAMPLE = "Example: tearline restore /mnt/backup/node-2026-11-22 --data ./tearline-data"
PUBLISHED_EXAMPLE = "Example: tearline published --data ./tearline-data"
VARIABLE = "TEARLINE_PASSPHRASE"

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup; its wrapping key is in FILE.keys.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="PATH",
        help=f"A file with the passphrase on its one line. Else {VARIABLE} is read, or it is asked for.",
    ),
]


def backup(
    file: File,
    *,
    data: Data = HERE,
    database: Database = None,
    passphrase_file: PassphraseFile = None,
    keys_expire: Annotated[
        int,
        typer.Option(
            "--keys-expire", min=1, max=3650, metavar="DAYS", help="When FILE.keys has to be destroyed."
        ),
    ] = 30,
    without_keys: Annotated[
        bool,
        typer.Option("--without-keys", help="Only FILE: an earlier FILE.keys, or a key store, has the key."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Back up the whole node into FILE and the key that wraps its sealed fields into FILE.keys.

    Keep the two apart, and destroy FILE.keys by the day that is printed: together with FILE it opens what a later
    purge destroys. Make a new backup after each purge.
    """
    passphrase = _passphrase(passphrase_file, new=True)
    with opened(data, database) as node:
        from tearline.jobs.backup import make_backup

        kept = None if without_keys else timedelta(days=keys_expire)
        made = make_backup(node, data, file, passphrase, kept=kept)
    expires = made.expires and made.expires.date().isoformat()
    if json:
        document(
            {
                "file": str(file),
                "backup": made.backup,
                "size": made.size,
                "epoch": made.epoch,
                "keys": made.keys and str(made.keys),
                "keys_expire": made.expires and made.expires.isoformat(),
            }
        )
        return
    print(f"{file}: {made.size} entries.")
    if made.keys is None:
        print(f"Not in it: the wrapping key of epoch {made.epoch}, without which sealed fields stay closed.")
    else:
        print(
            f"{made.keys}: the wrapping key of epoch {made.epoch}. Keep it elsewhere; destroy it by {expires}."
        )


def restore(
    file: File,
    *,
    data: Data = HERE,
    database: Database = None,
    passphrase_file: PassphraseFile = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="PATH", help="The backup of the wrapping key, if it is not FILE.keys."
        ),
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option("--published", metavar="DIR", help="Where the node's second store is now."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make the node of a backup again in a new folder, or nothing at all.

    What was purged since the backup, as the second store has it, is purged again. A node that is older than its last
    published checkpoint stands, can be read, and signs nothing.
    """
    from tearline.jobs.backup import keys_beside
    from tearline.jobs.restore import restore_node
    from tearline.ledger import wrapping
    from tearline.node import system_clock

    url = checked(database)
    outside = keys is None and wrapping.VARIABLE in os.environ
    done = restore_node(
        file,
        data,
        _passphrase(passphrase_file, new=False),
        clock=system_clock,
        keys_file=None if outside else keys or keys_beside(file),
        database=url,
        published=None if published is None else published.absolute(),
    )
    if json:
        document(
            {
                "data": str(data),
                "origin": done.origin,
                "size": done.size,
                "made_at": done.made_at.isoformat(),
                "purged_again": done.purged_again,
                "signs": done.behind is None,
                "behind": done.behind,
            }
        )
    else:
        print(
            f"The node {done.origin} stands in {data}: {done.size} entries, as of {done.made_at:%Y-%m-%d %H:%M} UTC."
        )
        if done.purged_again:
            print(f"Purged again: the sealed fields of {done.purged_again} entries.")
    if done.behind is not None:
        aside(done.behind)


def published(
    data: Data = HERE,
    database: Database = None,
    begin: Annotated[
        bool,
        typer.Option("--begin", help="Begin a new second store, when the old one is lost for good."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Show what the second store holds: how far the ledger was published, and how far it came."""
    from tearline.config import Settings
    from tearline.ledger.note import Checkpoint, Note
    from tearline.ledger.published import Published

    store = Published(Settings.read(data).second_store(data))
    if begin:
        if store.latest() is not None:
            raise Malformed(
                str(store.folder), "top", "no second store: one is begun only when the old one is lost"
            )
        with opened(data, database, reading=True) as node:
            store.make()
            store.committed(node.ledger.checkpoint())
    sizes = {
        name: None if note is None else Checkpoint.parse(Note.parse(note).text).size
        for name, note in (("published", store.read()), ("latest", store.latest()))
    }
    if json:
        document({"folder": str(store.folder), **sizes, "purged": len(store.purges())})
        return
    print(f"{store.folder}:")
    for name, words in (("published", "published, with cosignatures"), ("latest", "committed")):
        size = sizes[name]
        print(f"  {words}: {'nothing yet' if size is None else f'{size} entries'}")
    print(f"  purged: {len(store.purges())} entries")


def _passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase from the file, the environment or the terminal. It is never on the command line."""
    from tearline.ledger.passphrase import check_passphrase

    given = os.environ.pop(VARIABLE, None)  # no child of this process has to know it
    if file is not None:
        place, passphrase = str(file), _line(file)
    elif given is not None:
        place, passphrase = VARIABLE, given
    elif sys.stdin.isatty():
        place, passphrase = "passphrase", _asked(new)
    else:
        raise Malformed(VARIABLE, "top", "a passphrase there, in --passphrase-file, or typed on a terminal")
    return check_passphrase(passphrase, place) if new else passphrase


def _line(file: Path) -> str:
    try:
        text = read(file, 4096).decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise Malformed(str(file), "top", "a passphrase in UTF-8") from None
    if not text or "\n" in text or len(text) > 4000:
        raise Malformed(str(file), "top", "one line with the passphrase")
    return text


def _asked(new: bool) -> str:
    from getpass import getpass

    passphrase = getpass("Passphrase: ")
    if new and getpass("Once more: ") != passphrase:
        raise Malformed("passphrase", "top", "the same words twice")
    return passphrase
