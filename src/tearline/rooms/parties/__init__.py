"""Parties: organisations, units, people, offices, superiors, vetting, training, agreements.

The record keeps every past: who commanded whom and who was vetted by whom, at any instant. Superiors can
never form a circle; a pass always has an end; an exemption is an outcome of its own and names who granted it.
"""
