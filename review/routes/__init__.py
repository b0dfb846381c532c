"""The pages by area: each module has a `router`, and may have `navigation`, the links it adds to the navigation.

Belongs here: reading what is asked and answering with a page. Does not: working anything out.
"""
