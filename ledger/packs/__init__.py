"""Correction packs: what an owner of records is asked to correct, the log of what was handed out, what became of it.

`content` makes the lines, `workbook` writes them for people, `handing` hands them out and `log` keeps that it was
done; `following` finds on later nights what became of each, `response_figures` sums it up. Belongs here: the steps and
the log. Does not: commands (`cli.packs`).
"""
