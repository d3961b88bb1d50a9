"""Where elements and their parts lie: start and end of each, the same place twice where nothing was sent."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import BYTE, BYTES, KEYS, PLACES, ROWS, TABLE, WORDS, compiled, helper

NOWHERE = 8  # in the spare bytes before the first file
TRIPLETS = 6
LONGEST_QUALIFIER = 3  # a longer first component is itself the code, sent without a qualifier
SPACE, TAB = 32, 9
U = np.uint64
ONES, HIGHS = U(0x0101010101010101), U(0x8080808080808080)


@compiled(PLACES, PLACES, TABLE, ROWS, ROWS)
def elements(delimiter_at, first, at, sources, indexes):
    """Columns of elements: each one element of the segments in one row of `at`, where -1 is no segment.

    Row by row, so that what a claim or line says is looked up while it is near.
    """
    columns, count = len(sources), at.shape[1]
    start, end = np.empty((columns, count), np.int32), np.empty((columns, count), np.int32)
    for row in range(count):
        for column in range(columns):
            segment = at[sources[column], row]
            if segment < 0:
                start[column, row], end[column, row] = NOWHERE, NOWHERE
                continue
            right, last = first[segment] + indexes[column], first[segment + 1] - 1
            end[column, row] = delimiter_at[min(right, last)]
            start[column, row] = delimiter_at[right - 1] + 1 if right <= last else end[column, row]
    return start, end


@helper
def _is_sent(buffer, start, end):
    """Whether there is anything but blanks."""
    for at in range(start, end):  # noqa: SIM110  numba knows no generators here
        if buffer[at] != SPACE and buffer[at] != TAB:
            return True
    return False


@compiled(BYTES, PLACES, PLACES, ROWS)
def triplets(buffer, delimiter_at, first, at):
    """CAS segments: one row per triplet in which a reason or an amount was sent.

    Gives the segment, the position of the triplet in it (a seventh stands for all that are too many), whether there is a reason,
    and where reason, amount and quantity lie.
    """
    most = 0
    for segment in at:
        most += (first[segment + 1] - first[segment]) // 3 + 1
    rows, position, has_reason = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.bool_)
    start, end = np.empty((3, most), np.int32), np.empty((3, most), np.int32)
    count = 0
    for segment in at:
        before, last = first[segment], first[segment + 1] - 1
        for place in range(1, min((last - before + 1) // 3, TRIPLETS + 1) + 1):
            for part in range(3):
                right = before + 3 * place - 1 + part
                end[part, count] = delimiter_at[min(right, last)]
                start[part, count] = delimiter_at[right - 1] + 1 if right <= last else end[part, count]
            has_amount = start[1, count] < end[1, count]
            has_reason[count] = start[0, count] < end[0, count]
            if has_amount and buffer[start[1, count]] <= SPACE:
                has_amount = _is_sent(buffer, start[1, count], end[1, count])
            if has_reason[count] and buffer[start[0, count]] <= SPACE:
                has_reason[count] = _is_sent(buffer, start[0, count], end[0, count])
            if has_reason[count] or has_amount:
                rows[count], position[count] = segment, place
                count += 1
    return rows[:count], position[:count], has_reason[:count], start[:, :count], end[:, :count]


@helper
def _is_punctuation(byte):
    return 33 <= byte < 127 and not (48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122)


@helper
def _near(word, byte):
    """How far the first such byte is, 8 where it is not among these eight: the lowest zero byte after an xor."""
    apart = word ^ (U(byte) * ONES)
    zero = (apart - ONES) & ~apart & HIGHS
    place = 0
    while place < 8 and zero & U(0xFF) == U(0):
        zero >>= U(8)
        place += 1
    return place


@helper
def _find(buffer, start, end, byte):
    while start < end and buffer[start] != byte:
        start += 1
    return start


@compiled(BYTES, WORDS, PLACES, PLACES, BYTE, KEYS)
def procedures(buffer, words, starts, ends, declared, known):
    """Where qualifier and code of procedures lie (rows 0 and 1), and where another separator than the declared one parts them.

    A value without a separator is a bare code. Where a known qualifier is followed by another punctuation mark than the declared
    separator, that mark separates.
    """
    count = len(starts)
    start, end = np.empty((2, count), np.int32), np.empty((2, count), np.int32)
    is_undeclared = np.zeros(count, np.bool_)
    for row in range(count):
        begin, stop = starts[row], ends[row]
        separator, third = declared, buffer[begin + 2]
        if third != declared and stop - begin > 2 and _is_punctuation(third):
            pair = words[begin] & U(0xFFFF)
            for qualifier in known:
                if U(qualifier) == pair:
                    separator, is_undeclared[row] = third, True
        split = begin + _near(words[begin], separator)
        is_split = split < stop and split - begin <= LONGEST_QUALIFIER
        start[0, row], end[0, row] = begin, split if is_split else begin
        code = split + 1 if is_split else begin
        near = _near(words[code], separator)
        start[1, row] = code
        end[1, row] = min(code + near, stop) if near < 8 or code + 8 >= stop else _find(buffer, code + 8, stop, separator)
    return start, end, is_undeclared


@compiled(BYTES, PLACES, PLACES, BYTE)
def components(buffer, starts, ends, separator):
    """Where the first and the second component end."""
    first, second = np.empty(len(starts), np.int32), np.empty(len(starts), np.int32)
    for row in range(len(starts)):
        first[row] = _find(buffer, starts[row], ends[row], separator)
        second[row] = _find(buffer, min(first[row] + 1, ends[row]), ends[row], separator)
    return first, second
