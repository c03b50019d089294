"""Marked copies: a text that everyone reads alike, and each in wordings of their own.

Whoever releases a text writes alternatives into it that mean the same (``template``). A randomised code (``code``)
chooses one of them for each copy, a text that surfaced is read back (``reading``), and ``trace`` says which copies it
points at. What is promised:

- *A mark names a copy, never a person.* A result lists copies, each with everyone able to reach it; who let it out
is for an inquiry to find. - *The error is chosen beforehand and does not rest on a model.* Codewords are drawn
independently of each other, so the codeword of a copy that played no part is independent of the text that surfaced,
however it came about: copied, mixed from several copies, retyped, cropped, read wrongly. The p-value and the e-value
of a copy hold under that alone, whoever knows what, as long as whoever altered the text did not know that copy. -
*Whether somebody is found does rest on one thing:* that those who mixed their copies could see only where these
differ (the marking assumption), and did not know the code. Where too few bits were read the gate stays closed, and
the result says how many are missing.

Everything here is pure. The secret seed and the texts are arguments; the same arguments give the same copies.
"""
