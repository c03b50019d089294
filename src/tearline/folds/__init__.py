"""Pure folds that several rooms and pages read: who stands where, who will see an item, what is owed.

A fold takes facts and an instant and returns what was so then. It decides nothing and records nothing.
"""
