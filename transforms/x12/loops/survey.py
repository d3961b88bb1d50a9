"""What a stretch of a file holds, before it is cut."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import BYTE, BYTES, COUNT, KEYS, WORDS, compiled, helper

U = np.uint64
ONES, HIGHS = U(0x0101010101010101), U(0x8080808080808080)
LOW = U(0xFF)


@helper
def _wanted(word, element, terminator, tags):
    """The tag that these eight bytes start with, where it is one of those wanted; else 0."""
    two, three = (word >> U(16)) & LOW, (word >> U(24)) & LOW
    code = U(0)
    if two == U(element) or two == U(terminator):
        code = word & U(0xFFFF)
    elif three == U(element) or three == U(terminator):
        code = word & U(0xFFFFFF)
    for tag in tags:
        if U(tag) == code:
            return code
    return U(0)


@compiled(BYTES, BYTE)
def count_of(data, byte):
    """How often a byte occurs."""
    count = 0
    for value in data:
        count += value == byte
    return count


@compiled(BYTES, BYTE)
def has_gap(data, terminator):
    """Whether a terminator is followed by another one or by a blank."""
    found = False
    for at in range(1, len(data)):
        is_gap = (data[at] == terminator) | (data[at] == 32) | (data[at] == 9)
        found |= is_gap & (data[at - 1] == terminator)
    return found


@compiled(BYTES)
def has_isa(data):
    """Whether the letters ISA stand anywhere."""
    found = False
    for at in range(len(data) - 2):
        found |= (data[at] == 73) & (data[at + 1] == 83) & (data[at + 2] == 65)
    return found


@compiled(BYTES, WORDS, COUNT, BYTE, BYTE, KEYS)
def tagged(data, words, size, element, terminator, tags):
    """Where the segments with one of these tags start in the first `size` bytes, the first of which starts one; and their tags.

    Eight bytes at a time are skipped where no terminator is among them.
    """
    body = data[:size]
    count = 1
    for byte in body:
        count += byte == terminator
    starts = np.empty(count, np.int64)
    codes = np.empty(count, np.uint32)
    codes[0] = _wanted(words[0], element, terminator, tags)
    starts[0] = 0
    found = U(1 if codes[0] else 0)
    pattern = U(terminator) * ONES
    for begin in range(0, size, 8):
        apart = words[begin] ^ pattern
        if (apart - ONES) & ~apart & HIGHS == U(0):
            continue
        for place in range(begin, min(begin + 8, size - 1)):
            if body[place] == terminator:
                code = _wanted(words[place + 1], element, terminator, tags)
                starts[found], codes[found] = place + 1, code
                found += U(1 if code else 0)
    return starts[:found], codes[:found]
