"""A release for researchers: no names, nothing by which a person can be found, small numbers hidden."""
