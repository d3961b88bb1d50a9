"""Telling people what a run did: what to say, to whom, and how it gets there."""
