"""The leak room: what became known, who could have told it, what followed by rule, how it ends, and forms."""
