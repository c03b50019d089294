"""All that can ever be recorded, and the language in which it is asked for.

One file a room declares its facts; the codec, the JSON schema, the form labels and docs/facts.md are
derived from those declarations. Nothing here touches a clock, a disk, a network or a database.

A fact's name and its fields never change their meaning. A new version is a new kind; folds read both.
"""
