"""Chance that is the same for the same seed, on every version of Python."""

import random


class Draw:
    """Draws of one query."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def below(self, bound):
        return int(self._random.random() * bound)

    def chance(self, share):
        return self._random.random() < share

    def one(self, options):
        return options[self.below(len(options))]

    def some(self, options, least, most):
        """So many of them, each at most once, in any order."""
        left = list(options)
        count = min(len(left), least + self.below(most - least + 1))
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def weighted(self, options):
        """One of `[(weight, option)]`."""
        at = self._random.random() * sum(weight for weight, _ in options)
        for weight, option in options:
            at -= weight
            if at < 0:
                return option
        return options[-1][1]
