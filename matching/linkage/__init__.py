"""Linkage: which rows of one or two tables tell of one person or thing, and why.

A model is a Fellegi-Sunter model as Splink's settings write it (JSON); see
`matching.linkage.settings`. ``link`` in `matching.linkage.link` is the way in.
"""
