"""Pages of tokens, and of the machines that act by them."""
