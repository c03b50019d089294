"""The register of those harmed as a table: one row a person that a report names, or one a report that names nobody.

``columns`` says what each column holds, ``reading`` makes facts of rows and names every cell that is wrong, ``writing``
makes rows of facts. What was written and read again is the same facts.
"""
