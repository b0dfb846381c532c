"""Correction packs: what an owner of records is asked to correct, the log of what was handed out, what became of it.

`content` makes the lines, `workbook` and `csv_file` write them, `log` keeps that they were handed out, `following`
tells on later nights what became of each. Belongs here: pure steps and the log. Does not: commands (`pipelines.packs`).
"""
