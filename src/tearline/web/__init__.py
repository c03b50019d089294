"""The site: every page made on the server, usable without script, in English and Spanish.

A page is a view, a pure function of a history and an instant, shown by a template. What the reader's role does
not open stays closed in the history that the view is given, so a view cannot show it by mistake. Acts are
forms made from the declarations of facts; what the rules refuse is answered with the rule and its sentence,
and nothing is recorded. A thing that is hidden and a thing that is absent get the same page.

Until there is sign-in, only a demonstration node serves pages, under one identity for each role.
"""
