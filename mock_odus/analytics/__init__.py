"""What a merchant has earned, sold and will be paid: by the calendar (guides/dashboard/analytics)."""
