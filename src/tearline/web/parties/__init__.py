"""Partners: organisations, their units and people with their status over time, and what was agreed with them."""
