"""What all parts of a dossier are made with."""

Dossier = dict[str, object]


def known_only(**fields: object) -> Dossier:
    """Only what is known: a missing fact is absent, never null."""
    return {name: value for name, value in fields.items() if value is not None}
