"""Numbers, names, times, measures and denials never vary between copies; other words may."""

import pytest

from tearline.estimates.marks.constant import Constant, constants
from tearline.estimates.marks.template import read_template
from tearline.estimates.marks.unfit import Unfit

REFUSED = [
    ("{{3 men|4 men}}", "numbers", "'3'"),
    ("{{two|three}} men", "numbers", "'two'"),
    ("{{dos|tres}} hombres", "numbers", "'dos'"),
    ("at {{06:40|06:45}}", "numbers", "'06:40'"),
    ("paid {{$5|€5}}", "numbers", "'$5'"),
    ("{{1,000|1.000}} rounds", "numbers", "'1,000'"),
    ("an {{AK-47|rifle}}", "numbers", "'AK-47'"),
    ("{{several|some}} men", "numbers", "'several'"),
    ("{{Juan|Pedro}} came", "names", "'Pedro'"),
    ("{{Juan|He}} came", "names", "'Juan'"),
    ("came {{He|he}}", "names", "'He'"),
    ("met {{Ana|her}}", "names", "'Ana'"),
    ("wrote to {{ana@example.org|her}}", "names", "'ana@example.org'"),
    ("the {{iPhone|telephone}}", "names", "'iPhone'"),
    ("the {{CIA|agency}}", "names", "'CIA'"),
    ("{{会议|会谈}}", "names", "'会议'"),
    ("{{lunes|martes}}", "dates and times", "'lunes'"),
    ("seen {{today|yesterday}}", "dates and times", "'today'"),
    ("at 6 {{am|pm}}", "dates and times", "'am'"),
    ("{{before|after}} the raid", "dates and times", "'before'"),
    ("10 {{km|miles}}", "measures", "'km'"),
    ("went {{north|south}}", "measures", "'north'"),
    ("he {{did not go|went}}", "denials", "'not'"),
    ("{{nunca|siempre}} vino", "denials", "'nunca'"),
    ("{{a|b|c|May}} x", "names", "'May'"),
]


@pytest.mark.parametrize(("text", "kind", "what"), REFUSED)
def test_what_acts_rest_on_may_not_vary(text: str, kind: str, what: str) -> None:
    with pytest.raises(Unfit) as refused:
        read_template(text)
    assert f"the same {kind}" in refused.value.expected.en
    assert what in refused.value.expected.en
    assert what in refused.value.expected.es


@pytest.mark.parametrize(
    "text",
    [
        "the van {{left|set out}}",
        "{{It|The vehicle}} left",
        "He ran. {{He|The man}} fell",
        "{{—It|—The vehicle}} left",
        "{{Ana's brother|the brother of Ana}} came",
        "{{El|Un}} barco llegó",
        "{{Juan came|came Juan}} here",
        "{{3 men came|there came 3 men}}",
        "{{did not go|has not gone}}",
        "{{a café|the bar}}",
        "the {{well-known|famous}} bar",
    ],
)
def test_other_words_may_vary(text: str) -> None:
    assert read_template(text).bits == 1


def test_each_name_counts_as_often_as_it_stands_there() -> None:
    held = constants("Ana and Ana's aunt", "met ")
    assert held[Constant.NAME] == {"Ana": 2}
