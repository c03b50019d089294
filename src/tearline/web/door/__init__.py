"""Pages at the door: signing in, enrolling a key, one's own account, and whom the node admits."""
