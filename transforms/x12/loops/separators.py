"""Where separators are, and what each segment is."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import BYTE, BYTES, COUNT, PLACES, WORDS, compiled

U = np.uint64
TWO, THREE = U(0xFFFF), U(0xFFFFFF)
LONGER = U(0xFFFFFFFF)
MASKS = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF], np.uint64)


@compiled(BYTES, COUNT, COUNT, BYTE, BYTE)
def separators(buffer, begin, end, element, terminator):
    """The places of both bytes, in order."""
    body = buffer[begin:end]
    count = 0
    for byte in body:
        count += (byte == element) | (byte == terminator)
    places = np.empty(count + 1, np.int32)  # one to spare: every place is written, and only those of separators are kept
    found = U(0)
    for at in range(len(body)):
        places[found] = at + begin
        found += U((body[at] == element) | (body[at] == terminator))
    return places[:count]


@compiled(BYTES, WORDS, PLACES, COUNT, BYTE, BYTE)
def segments(buffer, words, places, begin, element, terminator):
    """Of every segment the number of its first separator, its start, its tag and its first element; and one number more at the end.

    A tag is 0 unless two or three bytes long. The element is its bytes without blanks and their number in the highest byte, all
    ones where there are more than three.
    """
    count = 0
    for place in places:
        count += buffer[place] == terminator
    first = np.empty(count + 1, np.int32)
    start = np.empty(count, np.int32)
    tag = np.empty(count, np.uint32)
    qualifier = np.empty(count, np.uint32)
    number, opened, at = 0, 0, begin
    for index in range(len(places)):
        if buffer[places[index]] != terminator:
            continue
        first[number], start[number] = opened, at
        word = words[at]
        two, three = buffer[at + 2], buffer[at + 3]
        if two in (element, terminator):
            tag[number] = word & TWO
        elif three in (element, terminator):
            tag[number] = word & THREE
        else:
            tag[number] = 0
        qualifier[number] = 0
        if index > opened:
            left, right = places[opened] + 1, places[opened + 1]
            while left < right and (buffer[left] == 32 or buffer[left] == 9):
                left += 1
            while left < right and (buffer[right - 1] == 32 or buffer[right - 1] == 9):
                right -= 1
            length = right - left
            qualifier[number] = LONGER if length > 3 else (words[left] & MASKS[length]) | (U(length) << U(24))
        number += 1
        opened, at = index + 1, places[index] + 1
    first[number] = opened
    return first, start, tag, qualifier
