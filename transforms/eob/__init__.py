"""Exports of explanations of benefits into the same tables as the 835."""

from transforms.eob.read import read, read_book
from transforms.eob.sheet import sheet_of

__all__ = ["read", "read_book", "sheet_of"]
