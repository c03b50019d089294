"""Other tongues, translated only: text in, our values out, nothing decided and nothing recorded.

What a format leaves open stays open: a missing marking or grade is asked for, never guessed. Text that does
not hold to its format is ``Malformed``, with the file and the place in it.
"""
