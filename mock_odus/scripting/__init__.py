"""How a test bends it: scenarios, and the gateway that plays them."""
