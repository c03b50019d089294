"""Texts with alternatives, and what becomes of a copy on its way to where it surfaces."""

import random
import string

from hypothesis import strategies as st

from tearline.estimates.marks.template import escaped

REPORT = """\
The van {{left|set out}} at 06:40 from the {{old|disused}} quarry near Agua Prieta. {{It|The vehicle}} went away \
{{along|by}} the river road.
[[They had radios on the dashboard. |A dog barked at the gate the whole time. ]]{{?Somebody else was expected. }}

The driver {{spoke|talked}} to Ramos and to a guard {{who|that}} {{stood|waited}} at the bridge{{,| -}} where \
{{a man|someone}} {{gave|handed}} him a parcel. He {{said|told us}} that {{the parcel|it}} was {{small|little}} and \
{{wrapped|packed}} in {{brown|plain}} paper, {{perhaps|maybe}} from {{a shop|a store}} in the {{village|settlement}}, \
and that he {{would|was going to}} {{come back|return}} {{soon|shortly|in a while|quickly}}."""

PLAIN = """\
Nobody has asked the harbour master yet, and his log books are kept in a cupboard behind the counter. Whoever wants to
see them signs for them there. The clerk remembers a boat with a green hull.
"""

_words = st.text(string.ascii_lowercase, min_size=4, max_size=9)


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Made-up words, with alternatives between them that do not resemble each other."""
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        parts.append(" ".join(draw(st.lists(_words, min_size=4, max_size=6))))
        match draw(st.integers(0, 3)):
            case 0:
                parts.append("{{aaaaaaaa|bbbbbbbb}}")
            case 1:
                parts.append("{{cccccccc|dddddddd|eeeeeeee|}}")
            case 2:
                parts.append("[[ ffff gggg hhhh. | iiii jjjj kkkk. | llll mmmm.]]")
            case _:
                parts.append(escaped(draw(st.sampled_from(["{{x}}", "[[", "|", "\\", "a\\|b", "?"]))))
    parts.append(" ".join(draw(st.lists(_words, min_size=5, max_size=6))))
    return " ".join(parts)


def typed_anew(text: str, rng: random.Random, slips: float = 0.0) -> str:
    """Typed by somebody: other capitals, accents, stops and line ends, and so many slips a letter."""
    typed = []
    for letter in text:
        slip = rng.random()
        if letter in ".,-" and rng.random() < 0.5:
            continue
        if slip < slips / 3:
            continue
        typed.append(rng.choice(string.ascii_lowercase) if slip < 2 * slips / 3 else letter)
        if 2 * slips / 3 <= slip < slips:
            typed.append(rng.choice(string.ascii_lowercase))
    words = "".join(typed).split()
    lines = [" ".join(words[n : n + 7]) for n in range(0, len(words), 7)]
    said = "\n".join(lines)
    return said.upper() if rng.random() < 0.3 else said.replace("e", "é")


def cropped(text: str, share: float, rng: random.Random) -> str:
    """A stretch of it, with so much missing before and after."""
    length = int(len(text) * (1 - share))
    start = rng.randint(0, len(text) - length)
    return text[start : start + length]
