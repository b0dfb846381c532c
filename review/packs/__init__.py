"""Packs at the desk and at the command line: what they are made of, answers that come back, how owners answer.

Belongs here: what both show. Does not: routes, commands, the log itself (`ledger.packs`).
"""
