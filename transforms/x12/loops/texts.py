"""What elements say as text: Arrow string views into the bytes. Blanks at either end never count."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import BYTES, COUNT, NUMBERS, PLACES, SPANS, WORDS, compiled, helper

MOST_DIGITS = 19
INLINE = 12  # a string view holds up to so many bytes itself
U = np.uint64
HALF, ALL = U(32), U(0xFFFFFFFFFFFFFFFF)
MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)  # of eight bytes the first so many
SPACE, TAB, ZERO = (ord(letter) for letter in " \t0")


@helper
def _trimmed(buffer, start, end):
    """Without blanks; only called where there may be some: arrays that are handed on cost more than what is done with them."""
    while start < end and (buffer[start] == SPACE or buffer[start] == TAB):
        start += 1
    while start < end and (buffer[end - 1] == SPACE or buffer[end - 1] == TAB):
        end -= 1
    return start, end


@compiled(BYTES, WORDS, SPANS, SPANS)
def views(buffer, words, starts, ends):
    """Columns of views, sixteen bytes each (the length, then the value or where it lies), bitmaps of what is there, how much is."""
    columns, count = starts.shape
    out = np.zeros((columns, count, 2), np.uint64)
    bits = np.zeros((columns, (count + 7) // 8), np.uint8)
    known = np.zeros(columns, np.int64)
    for row in range(count):
        for column in range(columns):
            start, end = starts[column, row], ends[column, row]
            if start < end and (buffer[start] <= SPACE or buffer[end - 1] <= SPACE):
                start, end = _trimmed(buffer, start, end)
            if start >= end:
                continue
            bits[column, row >> 3] |= np.uint8(1 << (row & 7))
            known[column] += 1
            length, word = end - start, words[start]
            if length <= 8:
                word &= MASKS[length]
            out[column, row, 0] = U(length) | (word << HALF)
            if length > INLINE:
                out[column, row, 1] = U(start) << HALF
                continue
            out[column, row, 1] = word >> HALF
            if length > 8:
                out[column, row, 1] |= (words[start + 8] & MASKS[length - 8]) << HALF
    return out, bits, known


@compiled(BYTES, WORDS, PLACES, PLACES)
def short_codes(buffer, words, starts, ends):
    """Values of up to eight bytes as numbers; 0 where empty, all ones where longer."""
    out = np.empty(len(starts), np.uint64)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        if start < end and (buffer[start] <= SPACE or buffer[end - 1] <= SPACE):
            start, end = _trimmed(buffer, start, end)
        out[row] = ALL if end - start > 8 else words[start] & MASKS[max(end - start, 0)]
    return out


@compiled(BYTES, PLACES, PLACES)
def lengths(buffer, starts, ends):
    """How many bytes there are without the blanks at either end."""
    out = np.empty(len(starts), np.int32)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        if start < end and (buffer[start] <= SPACE or buffer[end - 1] <= SPACE):
            start, end = _trimmed(buffer, start, end)
        out[row] = end - start
    return out


@compiled(BYTES, PLACES, NUMBERS, COUNT)
def ids(prefixes, pieces, numbers, width):
    """Per row its piece's prefix (all of `width`) and its number in decimal: string views, and the bytes they point into."""
    data = np.empty(len(numbers) * (width + MOST_DIGITS), np.uint8)
    out = np.zeros((len(numbers), 2), np.uint64)
    begin = 0
    for row in range(len(numbers)):
        number, digits = numbers[row], 1
        while number >= 10:
            number //= 10
            digits += 1
        data[begin : begin + width] = prefixes[pieces[row] * width : (pieces[row] + 1) * width]
        number, at = numbers[row], begin + width + digits - 1
        while at >= begin + width:
            data[at] = ZERO + number % 10
            number //= 10
            at -= 1
        word = U(data[begin]) | U(data[begin + 1]) << U(8) | U(data[begin + 2]) << U(16) | U(data[begin + 3]) << U(24)
        out[row, 0] = U(width + digits) | word << HALF
        out[row, 1] = U(begin) << HALF
        begin += width + digits
    return out, data[:begin].copy()
