"""What does a steward see? The desk: a web application over the latest release and the ledger of decisions."""
