"""What can a person type? The command line: one module for each group of commands.

Belongs here: reading arguments, printing, exit codes. Nothing else in Concord prints to a terminal, except the
progress of a run (`pipelines.progress`).
"""
