"""What a person sees: the challenge page."""
