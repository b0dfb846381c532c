"""What does it run on without real data? A generator of synthetic deliveries with their truth."""
