"""Stores that grow old: what is folded, what goes, what is upgraded."""
