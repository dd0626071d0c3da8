"""How Odus is spoken to: its HTTP face, one file a resource."""
