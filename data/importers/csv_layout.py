"""The numbers by which rows of CSV are described, for those who split and read them."""

START, STOP, END, CELLS, LINE = range(5)
"""A row's bounds: where its text begins and its last wanted cell ends, where all of
its bytes end, how many cells it has, and which line it begins on."""

PLAIN, ODD, BLANK, MIXED = range(4)
"""Kinds of row: read at once; to be read with care; without any value; read at once,
but with marks in it that part cells elsewhere."""

ALL, MORE, TOO_LONG = range(3)
"""How splitting ended: at the end, at a row whose end is not there yet, or at a row
that is too long."""
