"""What is the data, and where is it kept? Tables, code lists, identifiers, releases.

The bottom layer: it imports none of the other packages and knows nothing of Dagster.
"""
