"""How many there were: estimates with what speaks against them, and what of it is public."""
