"""Who may come in, and as what. Nobody admits anyone alone.

Founders are named once, at least two. From then on every role and every invitation takes two people beside the one
that it is for; ending a role takes one.
"""
