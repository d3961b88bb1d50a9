"""A synthetic practice with its truth: `make_practice(claims, seed)`. Nobody in it exists."""

from transforms.practice.make import Practice, canaries, make_practice
from transforms.practice.truth import TRUTH, true_ranking, truth_from_csv

__all__ = ["TRUTH", "Practice", "canaries", "make_practice", "true_ranking", "truth_from_csv"]
