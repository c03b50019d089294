"""The door for machines: everything that the site does, as JSON under ``/api/v1``.

What it promises. Every command of the rooms is one ``POST``, every view of the site one ``GET``, and both are derived
from the declarations that forms, case files and the glossary are derived from: nothing is described twice. The
document at ``/api/v1/openapi.json`` (OpenAPI 3.1) is made from the same table by which requests are answered.

Who asks is known by a bearer token alone; a cookie opens nothing here, so no other site's page can act in anyone's
name, and no answer carries a CORS header. What a role may ask for stands in its route (``routes``): what is not named
there is denied. What is hidden and what is not there are answered alike.

Every refusal and every error has one shape (``problems``; RFC 9457). A command is sent under a key of its sender's:
sent again it is answered, and recorded once (``commands``). An act that binds a person is shown first, and recorded
with their signature or not at all (``signatures``). Lists are paged by cursors that nobody can make or change
(``cursors``), and every answer has a strong tag by which it need not be sent twice (``tags``).
"""
