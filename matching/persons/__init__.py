"""Missing and found persons: what a report says of one, as columns to compare.

``columns`` makes them; ``ages``, ``clothing``, ``description`` and ``whereabouts``
compare two values of one; ``made`` invents persons to train and test on.
"""
