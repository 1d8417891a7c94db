"""Two reports that may tell of one thing: found, raised as leads, put into words.

``kinds`` says which reports are compared and by which model, ``open_reports`` holds
them, ``leads`` makes leads of pairs, ``words`` says it as a detective reads it.
"""
