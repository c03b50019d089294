"""An append-only ledger of signed facts that a stranger can check, blind to what the facts mean.

Three layers, so that nothing in the log ever needs removing:

1. *Disclosures*: each sealed field with a salt of its own, encrypted by compartment under one random
   key per fact (``sealing``).
2. *The fact*: the issuer-signed part of an SD-JWT, RFC 9901 (``sdjwt``).
3. *The leaf*: 33 bytes that commit to the fact and show nothing of it (``entry``), in a Merkle tree as
   RFC 6962 has it (``tree``) under a C2SP checkpoint (``note``), with C2SP proofs (``proof``).

What is promised: when ``Ledger.append`` returns, the facts, their tags, the sealed fields, the finished tiles, the
right edge and a signed checkpoint over them were committed in one transaction and synced to disk, on SQLite or
PostgreSQL (``store``). What was stored was read back and hashed again before it was signed over. Positions are never
reused and facts never changed; sealed fields can be destroyed, in the transaction that records why. A submission
sent twice under one key is recorded once. Times never go back.

Without the node anyone can check an ``export`` (``verify``), a proof (``proof``) or a ``bundle`` of chosen
fields: these modules import no database. Who else vouches for a checkpoint: witnesses (``witness``, ``policy``),
and the second store in which the last published one is held (``published``).

How it fails: ``Conflict`` when a deciding fact came first, ``Refused`` when a key returns with other
content, ``Malformed`` for bytes that do not fit, ``Broken`` when a proof fails or the disk does. After
``Broken`` the ledger takes nothing more: an fsync that failed once cannot be trusted when it succeeds.
"""
