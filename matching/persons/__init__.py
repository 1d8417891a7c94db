"""Missing and found persons: what a report says of one, as columns to compare.

``columns`` makes them; ``ages``, ``clothing``, ``description`` and, one room up,
``whereabouts`` compare two values of one; ``made`` invents persons to test on.
"""
