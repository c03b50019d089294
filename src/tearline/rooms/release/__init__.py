"""Release: items, warnings, dissent, requests, verdicts, copies and receipts.

Nothing leaves without a verdict reached on a dossier of facts known at that moment, and a release carries
that dossier's hash. Dissent and the source's warnings cannot be taken back or hidden: there is no command for
it. A disclosure that happened anyway can be recorded afterwards, by anyone who may record an item.
"""
