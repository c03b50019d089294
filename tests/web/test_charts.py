"""Charts: each beside its table, kept by what it shows, drawn from clear fields only."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest

from tearline.facts.history import Role
from tearline.facts.identifiers import RequestId
from tearline.facts.words import Language
from tearline.signin.demonstration import ROLES
from tearline.web.access import ALL, Access
from tearline.web.charts import exposure, load, timeline
from tearline.web.charts.drawing import Drawings, Spec
from tearline.web.charts.drawing import drawn as drawn_svg
from tearline.web.charts.theme import COLOURS, Standing
from tearline.web.charts.timeline import Lane, Mark
from tearline.web.release import exposure as seen
from tearline.web.release import timeline as told
from tearline.web.tongue import tongue
from tearline.web.zones import zone_of
from tests.web.conftest import make_world, visitor
from tests.web.test_access import SECRETS
from tests.web.test_flow import released
from tests.web.world import START, World, actor

SPICE = ' <script>"sealed"</script>'
EN, ES = tongue(Language.EN), tongue(Language.ES)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    """A world in which one request went all the way; the request's page."""
    world = make_world(tmp_path_factory.mktemp("charts"), SPICE)
    return world, released(world)


def drawn(request: str) -> list[str]:
    return [f"{request}/timeline.svg", f"{request}/exposure.svg", "/items/practice.item-1/exposure.svg"]


@pytest.mark.parametrize("language", Language)
def test_each_picture_stands_below_its_table_with_room_kept_for_it(
    lived: tuple[World, str], language: Language
) -> None:
    world, request = lived
    client = visitor(world, Role.SENIOR_OFFICER, language.value)
    for page in (request, "/items/practice.item-1", "/calendar?show=all"):
        text = client.get(page).text
        for figure in re.findall(r'<figure class="tl-figure">.*?</figure>', text, re.DOTALL):
            before = text[: text.index(figure)]
            assert "</table>" in before[before.rindex('<section class="tl-panel') :]
            for href, width, height in re.findall(
                r'hx-get="([^"]+)".*?<svg width="(\d+)" height="(\d+)"', figure
            ):
                answer = client.get(href.replace("&amp;", "&"))
                assert answer.headers["content-type"] == "image/svg+xml"
                assert answer.text.startswith("<svg")
                # What is drawn is as large as the room that was kept: nothing on the page moves.
                assert f'class="marks" width="{width}" height="{height}"' in answer.text
            assert re.search(r'role="img" aria-label="[^"]{20,}', figure)
            assert "<noscript><picture>" in figure
        assert 'class="tl-figure"' in text


def test_a_picture_carries_no_style_and_no_script(lived: tuple[World, str]) -> None:
    world, request = lived
    for path in drawn(request):
        svg = visitor(world, Role.SENIOR_OFFICER).get(path).text
        assert "style=" not in svg
        assert "<script" not in svg
        assert "<style" not in svg
        assert not re.search(r'(?:href|src)="(?!#)', svg)


@pytest.mark.parametrize("role", [Role.SENIOR_OFFICER, Role.SOURCE_HANDLER, Role.OVERSEER])
def test_a_picture_holds_nothing_sealed_whoever_asks_for_it(lived: tuple[World, str], role: Role) -> None:
    world, request = lived
    client = visitor(world, role)
    for path in drawn(request):
        svg = client.get(path).text
        for secret in (*SECRETS.values(), "Route of a shipment", "Commander", "They act", "desk"):
            assert secret not in svg


def test_all_readers_get_the_same_specification(lived: tuple[World, str]) -> None:
    """So what opens more to one reader cannot have gone into it, and what is kept for one may be shown to another."""
    world, page = lived
    request = RequestId(page.rpartition("/")[2])
    shown = set()
    for opening in (ALL, *(Access(role, actor(role).person).opening for role in ROLES)):
        known, _ = world.node.gather(lambda so_far: told.timeline_question(so_far, request), opening)
        shown.add(repr(told.timeline_marks(known, request)))
    assert len(shown) == 1


def test_the_numbers_of_the_marks_are_those_of_the_table(lived: tuple[World, str]) -> None:
    world, page = lived
    text = visitor(world, Role.SENIOR_OFFICER).get(page).text
    section = text[text.index('id="timeline"') :]
    numbers = [int(n) for n in re.findall(r">(\d+)\. ", section[: section.index("</table>")])]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "A verdict was reached: Release" in section
    assert "A release was signed off" in section
    assert "An item was released" in section
    marks = [Mark(n=n, at=START + timedelta(days=n), lane=Lane.VERDICT) for n in (1, 2, 3, 9)]
    rows = _values(timeline.spec(EN, marks, None, narrow=True))
    shown = [n for row in rows for part in row["numbers"].split(", ") for n in _run(part)]
    assert shown == [1, 2, 3, 9]


def _values(spec: Spec) -> list[dict[str, str]]:
    """The rows that are drawn as marks."""
    sets = cast("dict[str, list[dict[str, str]]]", spec["datasets"])
    return next(rows for rows in sets.values() if "lane" in rows[0])


def _run(part: str) -> list[int]:
    first, _, last = part.partition("–")
    return list(range(int(first), int(last or first) + 1))


def test_times_in_a_picture_are_those_of_the_reader_s_clocks() -> None:
    mexico = tongue(Language.ES, zone_of("America/Mexico_City"))
    rows = _values(timeline.spec(mexico, [Mark(n=1, at=START, lane=Lane.REQUEST)], None, narrow=False))
    assert rows[0]["at"] == "2026-11-20T03:00:00+00:00"


def test_who_could_see_it_is_counted_once_each(lived: tuple[World, str]) -> None:
    world, page = lived
    request = RequestId(page.rpartition("/")[2])
    known, _ = world.node.gather(lambda so_far: seen.request_question(so_far, request), frozenset())
    found = seen.of_request(known, request, world.clock())
    assert found
    assert (found.named, found.superiors) == (1, 2)
    assert sum(sum(c.values()) for c in found.by_unit.values()) == found.people
    assert found.by_unit == {"practice.unit": Counter({Standing.CLEARED: 3})}
    text = visitor(world, Role.OVERSEER).get(page).text
    assert "3 people, as of 20 November 2026: 1 named, 2 above them." in text
    assert "No clerk of the link is on record." in text


def test_the_same_is_drawn_once_and_only_the_latest_are_kept() -> None:
    drawings, made = Drawings(most=2), []

    def svg(n: int) -> str:
        def make() -> Spec:
            made.append(n)
            return load.spec(EN, [(date(2026, 11, 20), {"x": n})], ["x"], narrow=False)

        return drawings.svg(("load", n), make, Language.EN)

    first = svg(1)
    assert svg(1) is first
    svg(2)
    svg(3)
    assert len(drawings) == 2
    assert svg(1) == first
    assert made == [1, 2, 3, 1]


def test_another_language_is_another_drawing() -> None:
    drawings = Drawings()
    marks = [Mark(n=1, at=START, lane=Lane.REQUEST)]
    texts = {
        drawings.svg(("t",), lambda say=say: timeline.spec(say, marks, None, narrow=True), say.language)  # type: ignore[misc]  # bound as it is now
        for say in (EN, ES)
    }
    assert len(texts) == 2
    assert any("Solicitud" in text for text in texts)


@pytest.mark.parametrize("path", ["timeline.svg", "exposure.svg"])
def test_pictures_are_as_closed_as_their_page(still: World, lived: tuple[World, str], path: str) -> None:
    world, request = lived
    assert visitor(world, Role.PARTNER_LIAISON).get(f"{request}/{path}").status_code == 404
    assert visitor(world, Role.PARTNER_LIAISON).get("/items/practice.item-1/exposure.svg").status_code == 404
    assert visitor(world, Role.OVERSEER).get(f"/releases/nothing/{path}").status_code == 404
    assert visitor(world, Role.OVERSEER).get(f"/releases/UPPER/{path}").status_code == 404
    assert visitor(world).get(f"{request}/{path}").status_code == 303
    assert visitor(world, Role.OVERSEER).post(f"{request}/{path}").status_code == 405
    assert visitor(still, Role.OVERSEER).get("/items/practice.item-2/exposure.svg").status_code == 404


def test_the_colours_stay_apart_for_the_colour_blind() -> None:
    """Under the three dichromacies (Viénot, Brettel and Mollon 1999; Machado 2009), by CIE 1976 difference."""
    for matrix in (PROTAN, DEUTAN, TRITAN):
        labs = [_lab(_seen(COLOURS[one], matrix)) for one in Standing]
        for n, one in enumerate(labs):
            for other in labs[n + 1 :]:
                assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 12


PROTAN = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTAN = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
TRITAN = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
"""Severity 1.0, for linear sRGB (Machado, Oliveira and Fernandes, 2009)."""


def _seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in matrix]


def _lab(rgb: list[float]) -> tuple[float, float, float]:
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in to_xyz]
    x, y, z = (v / w for v, w in zip(xyz, (0.9505, 1.0, 1.089), strict=True))
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_sizes_are_kept_whatever_is_drawn() -> None:
    units = [
        ("Unit", Counter({Standing.CLEARED: 400, Standing.EXEMPT: 3})),
        ("A much longer name " * 4, Counter({Standing.FAILED: 1})),
    ]
    for narrow in (False, True):
        for say in (EN, ES):
            svg = drawn_svg(exposure.spec(say, units, narrow=narrow), say.language)
            width, height = exposure.sizes(2)[narrow]
            assert f'class="marks" width="{width}" height="{height}"' in svg


def test_an_event_of_long_ago_is_drawn_too() -> None:
    marks = [
        Mark(n=1, at=datetime(1950, 1, 1, tzinfo=UTC), lane=Lane.AFTER),
        Mark(n=2, at=START, lane=Lane.RELEASE),
    ]
    assert "1950" in drawn_svg(timeline.spec(EN, marks, START, narrow=False), Language.EN)
