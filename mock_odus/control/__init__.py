"""How a test drives the mock: everything under /_mock."""
