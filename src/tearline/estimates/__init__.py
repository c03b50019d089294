"""Figures with their uncertainty: what is estimated from facts, and how far it can be trusted.

Everything here is pure: what is known comes as arguments, seeds included, and the same arguments give the same figures.
No figure is returned without what it rests on, and where a figure would mislead there is a refusal instead.
"""
