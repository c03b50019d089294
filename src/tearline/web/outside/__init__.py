"""The outside door: people without an account report harm, and follow their report by a code that they alone have.

``door`` takes what they write, ``follow`` shows what became of it to whoever brings the code, ``desk`` is where the
harm desk reads and answers. A node serves it only where ``site.outside`` says so, or as a demonstration.

Nothing is kept of who came: no session and no cookie, no line in the log and no count (``watched``), no address beyond
the keyed hash of the last minutes (``limits``). What a report itself says is sealed like any other. ``docs/outside.md``
says what that protects from, and what it does not.
"""
