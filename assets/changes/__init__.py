"""What changed between two releases, and why? Each difference with its cause.

Belongs here: comparing releases, fingerprints of records, causes, the replay of what the calendar changes. Does not:
what a source says is wrong (`expectations`).
"""
