"""What a name tells: heard, romanised, in other characters, taken in marriage.

`matching.names.parts` reads a name, `matching.names.evidence` compares two,
`matching.names.blocking` gives the keys that equal names share.
"""
