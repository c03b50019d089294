"""Who is who: which reports, by different sources, are of one person. Pure; seeds are arguments.

``register(reports)`` finds the pairs worth comparing, ``link`` groups them, ``ask`` names the pairs whose label would
help most, ``sizes.averaged`` carries what doubt is left into how many there were in all.

It rests on one rule: within one source nobody is reported twice. Sources that break it (a list merged from others, one
organisation's two offices) must be cleaned or split before, else two reports of one person stay two people. Siblings of
one given name, and a person known by another given name to each source, cannot be told by what is compared here.
"""
