"""Search over what stands in clear: identifiers, and texts that are fit for every reader of the ledger.

Sealed text is not indexed, not even as a hash: what is not here cannot leak from here. The index is made from the
ledger alone, in the order in which facts were recorded; it can be thrown away at any time and is made again from
position 0. It promises nothing about freshness but what ``caught_up`` says.

What somebody types never reaches a database's query language: it is cut into words of letters and digits first
(``words``), and those are handed over as such.
"""
