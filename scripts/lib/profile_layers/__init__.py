"""What scripts/profile is made of."""
