"""The gallery: a picture of every kind of page, or a reason why there is none."""

from tearline.signin.policy import GET
from tearline.web.policy import SITE
from tests.web.gallery import INTO, PAGE, PICTURES, WITHOUT, page, walked

MOST_BYTES = 17_000_000


def test_every_page_of_the_table_has_a_picture_or_a_reason() -> None:
    shown = {picture.path.partition("?")[0] for picture in walked()}
    looked_at = {row.path for row in SITE.rows if GET in row.methods}
    assert shown | WITHOUT.keys() == looked_at
    assert not shown & WITHOUT.keys()
    assert len({picture.name for picture in PICTURES}) == len(PICTURES)


def test_the_gallery_is_the_one_that_the_code_writes_and_its_pictures_are_there() -> None:
    assert PAGE.read_text("utf-8") == page()
    made = {f"{picture.name}-{language}.webp" for picture in PICTURES for language in ("en", "es")}
    assert {path.name for path in INTO.iterdir()} == made


def test_the_pictures_stay_small() -> None:
    sizes = [path.stat().st_size for path in INTO.iterdir()]
    assert min(sizes) > 4_000
    assert sum(sizes) <= MOST_BYTES
