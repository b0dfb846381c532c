"""How is a release kept? Built aside, checked, put in force in one atomic step, and rolled back.

Belongs here: files and manifests of releases. Does not: what is in their tables.
"""
