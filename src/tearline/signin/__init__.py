"""How people come in: who is at the door, by what proof, and for how long.

Who may come in is on record (``folds.admission``); what is here passes: sessions, challenges, attempts.
"""
