"""A text with alternatives that cannot become marked copies: where it fails, and what was expected there."""

from tearline.facts.words import Words


class Unfit(Exception):
    """``expected`` goes on after "expected", in both languages. Shown to whoever wrote the text, and to nobody else."""

    def __init__(self, place: str, expected: Words) -> None:
        self.place, self.expected = place, expected
        super().__init__(f"{place}: expected {expected.en}")
