"""Retention: terms are renewed, holds placed and lifted, purges ordered by one person and signed by another.

The holds that could stop a purge are in its question. So a hold that arrives at the same moment either comes
first, and the purge is refused, or comes after what is already destroyed; never both.
"""
