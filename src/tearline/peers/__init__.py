"""Calls to others: a partner's static ledger, and witnesses of our own.

Nothing that is read here is believed for being read: signatures and proofs are checked where it arrives. Whoever is
called may be down, slow or hostile; an address is https or on this machine, an answer has a largest size and a
longest time. ``Unreachable`` when there is no answer that can be used; nothing was changed here then.
"""
