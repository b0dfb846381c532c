"""What does the register say about the world? Studies of a release: pure functions over its tables."""
