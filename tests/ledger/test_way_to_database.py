"""A database on another machine is reached over TLS alone, and its certificate is checked."""

import pytest
import sqlalchemy as sa

from tearline.facts.errors import Malformed
from tearline.ledger.store import Store, check_way_to

SCHEME = "postgresql+psycopg://"


@pytest.mark.parametrize(
    "url",
    [
        "u@db.agency.example/t?sslmode=verify-full",
        "u@10.0.0.7/t?sslmode=verify-full&sslrootcert=/etc/tearline/ca.pem",
        "u@localhost/t",
        "u@127.0.0.1:5433/t",
        "u@[::1]/t",
        "/t",
        "/t?host=/run/postgresql",
        "u@/t?host=/run/postgresql&sslmode=disable",
    ],
)
def test_this_machine_and_tls_are_taken(url: str) -> None:
    check_way_to(sa.make_url(SCHEME + url))


@pytest.mark.parametrize(
    "url",
    [
        "u@db.agency.example/t",
        "u@10.0.0.7/t?sslmode=require",
        "u@10.0.0.7/t?sslmode=prefer",
        "u@10.0.0.7/t?sslmode=verify-ca",
        "/t?host=10.0.0.7",
        "u@localhost/t?host=10.0.0.7",
        "u@localhost/t?hostaddr=10.0.0.7",
        "/t?host=localhost&host=10.0.0.7",
        "/t?service=elsewhere",
        "u@127.0.0.1.example/t",
    ],
)
def test_another_machine_in_the_clear_is_refused_before_it_is_asked(url: str) -> None:
    with pytest.raises(Malformed, match="sslmode=verify-full") as refused:
        Store(SCHEME + url.replace("u@", "u:secret@"))
    assert "secret" not in str(refused.value)
