"""The rules across systems, one module a subject; `expectations.discrepancies` lists them all and runs them."""
