"""Leaks: reported, looked into, found, and ended only by what was found.

Whoever reports a compromise decides nothing: in the same act the units that the item went to are suspended, and a
record of harm is opened (``compromises``). Nobody who had a part in what leaked investigates, proposes or confirms a
finding, lifts a suspension, waives a warning or reports to the overseer (``apart``). What is asked and taken in an
investigation its named investigators alone record (``inquiring``, ``evidence``). A finding takes two people, and
one that names somebody takes evidence other than a figure, and a time declared beforehand (``findings``). A suspension
ends by a finding and two people, or never (``suspensions``). The partner can do nothing of this but report, and sees
nothing of it.

No report of a leak is refused because of what somebody else observed, or for want of anything but the item.
"""
