"""Bytes from anyone: no address and no body brings the site down, and nothing is recorded by accident."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.history import Role
from tests.web.conftest import visitor
from tests.web.world import World

FORMS = (
    "/releases/new?item=practice.item-1&unit=practice.unit",
    "/items/practice.item-1/dissent",
    "/items/practice.item-1/warned",
    "/leaks/new",
    "/harm/new",
)
FIELDS = (
    "key recipients extent manner purpose agreement reasons people method said item sure seen adversary "
    "happened-at source account harm least most place first_day compromise request dissent"
).split()
PLACES = (
    "releases disclosures items units people leaks copies agreements operations ledger/entries "
    "protocols/cross-border cases language?back= ledger?before= units/practice.unit?at= "
    "releases?open= obligations?first= protocols/cross-border/1/rules releases/none/verdicts"
).split()
KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json",
    "",
)


def quiet(text: str) -> str:
    """Only what an address may hold as text: the client refuses the rest before it is sent."""
    return text.encode("utf-8", "ignore").decode("utf-8", "ignore")


@settings(max_examples=80)
@given(st.sampled_from(FORMS), st.sampled_from(KINDS), st.binary(max_size=400))
def test_a_body_of_any_bytes_is_answered_and_records_nothing(
    still: World, path: str, kind: str, body: bytes
) -> None:
    size = still.node.ledger.size()
    answer = visitor(still, Role.CASE_AGENT).post(path, content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 409, 422), answer.text
    assert still.node.ledger.size() == size


@settings(max_examples=120)
@given(st.sampled_from(FORMS), st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40), max_size=8))
def test_fields_of_any_text_are_answered(still: World, path: str, fields: dict[str, str]) -> None:
    given_in = {name: quiet(value) for name, value in fields.items()}
    answer = visitor(still, Role.CASE_AGENT).post(path, data=given_in)
    assert answer.status_code in (303, 409, 422), answer.text


@settings(max_examples=150)
@given(
    st.sampled_from(PLACES),
    st.text(max_size=30),
)
def test_an_address_of_any_text_is_answered(still: World, place: str, text: str) -> None:
    rest = quiet(text).encode()
    written = "".join(f"%{b:02X}" for b in rest)
    glue = "" if place.endswith("=") else "/"
    answer = visitor(still, Role.SENIOR_OFFICER).get(f"/{place}{glue}{written}")
    assert answer.status_code in (200, 303, 307, 404), (place, text, answer.status_code)
    assert answer.headers["location"].startswith("/") if answer.status_code == 303 else True
