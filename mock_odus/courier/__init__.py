"""Posts webhooks: what the engine says is due is sent, and the answers are reported back."""
