"""How Odus behaves. Sync and pure: no clock, no chance, no HTTP."""
