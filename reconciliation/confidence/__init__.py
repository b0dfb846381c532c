"""How sure the register is: of each golden value, of each link, of each order.

Belongs here: what is observed, the models that weigh it, what labels teach them, the explanation in words. Does not:
training the models that come with Concord (`benchmarks.train_confidence`), how good they are (`benchmarks.stewarding`),
what a steward is asked (`expectations`).
"""
