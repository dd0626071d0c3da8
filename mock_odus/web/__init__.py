"""What every HTTP face shares: the front door, bodies, lists, and how a refusal looks."""
