"""Work that is not one person's single act: a whole file of acts read, checked and recorded at once.

A job either finishes or leaves nothing behind. What is wrong with a file is ``Malformed``, with the file and
the place in it.
"""
