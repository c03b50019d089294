"""Tearline: one accountable system for partners who must share and cannot fully trust each other.

Every act is a signed fact in one append-only ledger; every act may create an obligation, and an
obligation ends only through another fact. Pages, decisions and reports are folds over facts.
"""
