"""Replay: every dossier put to another protocol, and which verdicts change, by rule, with the cases.

A ``Task`` says what is compared, in texts and values only; a ``Comparison`` is the same made ready in one process. It
turns a ``Chunk`` of dossiers into a ``Tally``, and tallies add up to the same whatever the order in which they
come: ``local`` counts on the cores of this machine, ``spark`` on Spark's.

A dossier that is none is ``Malformed``, named by its line, and then there is no result. Purged dossiers, and verdicts
whose texts are not at hand any more, are counted, never guessed.
"""
