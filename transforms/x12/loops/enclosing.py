"""What every segment lies in."""

from __future__ import annotations

import numpy as np

from transforms.x12.loops.compiled import COUNT, KEYS, PLACES, ROWS, compiled
from transforms.x12.tags import CLP, GE, GS, IEA, ISA, PLB, SE, ST, SVC

NONE = -1


@compiled(KEYS, ROWS)
def enclosing(tags, piece_start):
    """For every segment the number of the interchange, group, set, claim and line it lies in, or -1.

    A piece starts with nothing open; a segment that closes a level and opens one opens it.
    """
    count = len(tags)
    isa_of, group_of, set_of, claim_of, line_of = (
        np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32),
        np.empty(count, np.int32),
    )  # fmt: skip
    interchanges = groups = sets = claims = lines = 0
    isa = group = of_set = claim = line = NONE
    piece = 0
    for at in range(count):
        tag = tags[at]
        if piece < len(piece_start) and piece_start[piece] == at:
            isa = group = of_set = claim = line = NONE
            piece += 1
        if tag == SVC:
            line, lines = lines, lines + 1
        elif tag == CLP:
            claim, claims, line = claims, claims + 1, NONE
        elif tag == ST:
            of_set, sets, claim, line = sets, sets + 1, NONE, NONE
        elif tag == PLB:
            claim = line = NONE
        elif tag == SE:
            of_set = claim = line = NONE
        elif tag == GS:
            group, groups = groups, groups + 1
            of_set = claim = line = NONE
        elif tag == GE:
            group = of_set = claim = line = NONE
        elif tag == ISA:
            isa, interchanges = interchanges, interchanges + 1
            group = of_set = claim = line = NONE
        elif tag == IEA:
            isa = group = of_set = claim = line = NONE
        isa_of[at], group_of[at], set_of[at], claim_of[at], line_of[at] = isa, group, of_set, claim, line
    return isa_of, group_of, set_of, claim_of, line_of


@compiled(KEYS, KEYS, PLACES, KEYS, KEYS, COUNT)
def first_of_each(tags, qualifiers, owners, wanted_tags, wanted_qualifiers, count):
    """Per wanted pair of tag and first element, and per owner, the first such segment; -1 where there is none."""
    found = np.full((len(wanted_tags), count), NONE, np.int64)
    for at in range(len(tags)):
        if owners[at] == NONE:
            continue
        for wanted in range(len(wanted_tags)):
            is_wanted = tags[at] == wanted_tags[wanted] and qualifiers[at] == wanted_qualifiers[wanted]
            if is_wanted and found[wanted, owners[at]] == NONE:
                found[wanted, owners[at]] = at
    return found
