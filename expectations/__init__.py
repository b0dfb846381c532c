"""What ought to be true? Within a table (suites), across systems (discrepancies), and how good it is (quality)."""
