"""Partners' logs: which log is whose, what of it reached us, and what follows when two histories were signed.

Whoever names a log decides whom we believe. What is then received is not judged by a person: signatures and
proofs are checked outside, since rules compute no hashes, and what was found is recorded by rule. No command
takes evidence back.
"""
