"""Moves the clocks of sandboxes: by order, or with the real one. Only this package reads the real clock."""
