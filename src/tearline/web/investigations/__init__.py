"""Investigations of leaks, as those see them who look into a leak: what is asked, taken, weighed and found."""
