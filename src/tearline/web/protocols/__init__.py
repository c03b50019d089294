"""Protocols: all texts at a glance, the lab in which one is drafted, and proposals on their way into force.

A draft is kept nowhere: it is what the browser posts. Whoever writes one is not trusted: what is done with it is
bounded in size and time, and few are looked at at once.
"""
