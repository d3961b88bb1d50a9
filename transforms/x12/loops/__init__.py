"""The reader's inner loops, compiled by numba: plain loops over bytes and places, no bounds checked, so their callers keep them.

A loop's machine code is kept beside its module and made anew when that file changes, and only then: a loop and the helpers it
calls stand in one file, and no module here imports another but `compiled`.
"""
