"""Who may use which address of the API: every route, its roles, and nobody else. Rows as ``signin.policy`` has them.

A view says its own roles; a command's are those that its room allows. To who may not look, a view is as if it were not
there. A command that is somebody else's says whose it is: that there is such a command stands in the document anyway.
"""

from tearline.api.commands import commands
from tearline.api.views import VIEWS
from tearline.rooms.reading import OpenCompartments
from tearline.signin.policy import POST, Policy, Row
from tearline.web.policy import PEOPLE

API = Policy(
    Row(path="/", roles=None),
    Row(path="/openapi.json", roles=None),
    (Row(path=view.path, roles=view.roles) for view in VIEWS),
    (
        Row(path=f"/commands/{form.name}", methods=(POST,), roles=form.roles, told=PEOPLE - form.roles)
        for form in commands().values()
    ),
    Row(
        path="/readings",
        methods=(POST,),
        roles=OpenCompartments.allowed,
        told=PEOPLE - OpenCompartments.allowed,
    ),
    Row(path="/signatures/{id}", methods=(POST,), roles=PEOPLE),
)
