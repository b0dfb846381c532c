"""What is built, from what? Dagster assets, and the readers of the sources they are built from."""
