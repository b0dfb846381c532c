"""How sure the register is: of each golden value, of each link, of each order.

Belongs here: what is observed, the models that weigh it, the explanation in words. Does not: learning the weights
(`benchmarks.train_confidence`), how good they are (`benchmarks.stewarding`), what a steward is asked (`expectations`).
"""
