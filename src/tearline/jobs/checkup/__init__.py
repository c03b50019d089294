"""What an operator wants checked before a node goes live, and each morning after.

``examine`` never changes the node, asks nobody on a network unless told to, and always returns: what fails is a
finding with what to do about it, and what could not be looked at because something before it failed is left out.
A finding names files, keys, witnesses and figures; never what the node holds.
"""

from tearline.jobs.checkup.examination import examine
from tearline.jobs.checkup.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
