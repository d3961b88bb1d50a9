"""What elements say as amounts and dates. Blanks at either end never count."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import BYTES, SPANS, WORDS, compiled, helper

OK, MISSING, NOT_AN_AMOUNT, TOO_PRECISE, TOO_LARGE = range(5)
LARGEST_CENTS = 999_999_999_999
MOST_DIGITS = 12
U = np.uint64
HALF = U(32)
ALL = 0xFFFFFFFFFFFFFFFF
TAILS = np.array([(ALL << 8 * (8 - length)) & ALL for length in range(9)], np.uint64)  # of eight bytes the last so many
ZEROS, SIXES = U(0x3030303030303030), U(0x0606060606060606)
HIGH_HALVES, LOW_HALVES = U(0xF0F0F0F0F0F0F0F0), U(0x0F0F0F0F0F0F0F0F)
NINETEEN, TWENTY = U(0x3931), U(0x3032)
SPACE, TAB, MINUS, POINT, ZERO, NINE = (ord(letter) for letter in " \t-.09")
EIGHT = U(ord("8"))


@helper
def _trimmed(buffer, start, end):
    """Without blanks; only called where there may be some: arrays that are handed on cost more than what is done with them."""
    while start < end and (buffer[start] == SPACE or buffer[start] == TAB):
        start += 1
    while start < end and (buffer[end - 1] == SPACE or buffer[end - 1] == TAB):
        end -= 1
    return start, end


@helper
def _are_digits(word):
    """Whether all eight bytes are ASCII digits: adding six leaves the high half of a digit, and of no other byte with that half."""
    return (word & (word + SIXES)) & HIGH_HALVES == ZEROS


@helper
def _digits(word):
    """Eight ASCII digits as a number: pairs, then fours, then all."""
    word = ((word & LOW_HALVES) * U(2561) >> U(8)) & U(0x00FF00FF00FF00FF)
    word = (word * U(6553601) >> U(16)) & U(0x0000FFFF0000FFFF)
    return np.int64(word * U(42949672960001) >> HALF)


@helper
def _is_digit(byte):
    return ZERO <= byte <= NINE


@helper
def _cents(buffer, start, end):
    """One amount as X12 writes it (optional minus, digits, optional point) in cents, and whether it can be held exactly."""
    start, end = _trimmed(buffer, start, end)
    if start >= end:
        return 0, MISSING
    at = start + 1 if buffer[start] == MINUS else start
    amount, digits, sent = 0, 0, 0
    while at < end and _is_digit(buffer[at]):
        if digits or buffer[at] != ZERO:
            digits += 1
        if digits <= MOST_DIGITS:
            amount = amount * 10 + (buffer[at] - ZERO)
        sent += 1
        at += 1
    decimals, is_precise = 0, True
    if at < end and buffer[at] == POINT:
        at += 1
        while at < end and _is_digit(buffer[at]):
            if decimals < 2:
                amount = amount * 10 + (buffer[at] - ZERO)
            elif buffer[at] != ZERO:
                is_precise = False
            decimals += 1
            at += 1
    if at < end or not sent + decimals:
        return 0, NOT_AN_AMOUNT
    if not is_precise:
        return 0, TOO_PRECISE
    for _ in range(decimals, 2):
        amount *= 10
    if digits > MOST_DIGITS or amount > LARGEST_CENTS:
        return 0, TOO_LARGE
    return (-amount if buffer[start] == MINUS else amount), OK


@helper
def _quick_cents(word, length):
    """Cents of the value that eight bytes end with: digits, with or without a point before the last one or two; else -1."""
    word = (word & TAILS[length]) | (ZEROS & ~TAILS[length])
    is_two, is_one = word & U(0xFF << 40) == U(POINT << 40), word & U(0xFF << 48) == U(POINT << 48)
    kept = U(0xFFFF << 48) if is_two else U(0xFF << 56) if is_one else U(ALL)  # what stands after the point, or all
    word = (word & kept) | ((word & (~kept >> U(8))) << U(8)) | (U(0) if kept == U(ALL) else U(ZERO))
    scale = 1 if is_two else 10 if is_one else 100
    return _digits(word) * scale if _are_digits(word) else -1


@compiled(BYTES, WORDS, SPANS, SPANS)
def cents(buffer, words, starts, ends):
    """Columns of amounts in cents, 0 where there is none, and of each OK or why not. What is short and plain is read at once."""
    columns, count = starts.shape
    out = np.zeros((columns, count), np.int64)
    status = np.full((columns, count), MISSING, np.uint8)
    for row in range(count):
        for column in range(columns):
            length = ends[column, row] - starts[column, row]
            if length <= 0:
                continue
            amount = _quick_cents(words[ends[column, row] - 8], length) if length <= 8 else -1
            out[column, row], status[column, row] = amount, OK
            if amount < 0:
                out[column, row], status[column, row] = _cents(buffer, starts[column, row], ends[column, row])
    return out, status


@helper
def _month_days(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@helper
def _day(word, length, is_range):
    """Days since 1970 of a date's first eight bytes, and whether it is a real one."""
    if length == 6:
        word = (word << U(16)) | (NINETEEN if word & U(0xFF) >= EIGHT else TWENTY)
    elif length != 8 and not is_range:
        return 0, False
    if not _are_digits(word):
        return 0, False
    date = U(_digits(word))
    year, month, day = np.int64(date // U(10_000)), np.int64(date // U(100) % U(100)), np.int64(date % U(100))
    if not (1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= _month_days(year, month)):
        return 0, False
    years = year if month > 2 else year - 1  # years that begin in March, so that a leap day is their last
    past = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return 365 * years + years // 4 - years // 100 + years // 400 + past - 719_468, True


@compiled(BYTES, WORDS, SPANS, SPANS)
def days(buffer, words, starts, ends):
    """Columns of dates (CCYYMMDD, YYMMDD, or the first of a range) of 1900 to 2099: days since 1970, and which are real ones."""
    columns, count = starts.shape
    out = np.zeros((columns, count), np.int64)
    is_real = np.zeros((columns, count), np.bool_)
    for row in range(count):
        for column in range(columns):
            start, end = starts[column, row], ends[column, row]
            if start < end and (buffer[start] <= SPACE or buffer[end - 1] <= SPACE):
                start, end = _trimmed(buffer, start, end)
            is_range = end - start == 17 and buffer[start + 8] == MINUS
            out[column, row], is_real[column, row] = _day(words[start], end - start, is_range)
    return out, is_real
