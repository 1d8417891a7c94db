"""Stolen and found vehicles, and one theft reported twice: columns to compare.

``columns`` makes them of reports, ``looks`` compares plates, types and colours;
``made`` invents reports to train and test on. Places and times are compared as those of
persons.
"""
