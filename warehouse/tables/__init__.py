"""Every table of Concord, declared once: raw, core, link and register.

A column is changed here (`*.toml`) and nowhere else: schema, checks, DDL and the data dictionary derive from it.
"""
