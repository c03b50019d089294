"""Charts: specifications made with Altair, drawn as SVG by vl-convert, one at a time, and kept.

What a chart shows stands in a table beside it, always and first; the picture is a second reading of it. A
specification is made from numbers, instants, identifiers and words of closed sets. **It never holds sealed text**:
a drawing is kept under the hash of what it is made of and shown to whoever asks for the same. The functions here
take nothing from which a title or a reason could be read; see ``tests/web/test_charts.py``.

A drawing takes 20 to 30 ms, the first of a process 0.6 s. No page waits for one: a page reserves the space, and the
browser asks for the picture by its own address when it comes into sight.
"""
