"""RULES. Plain Python: what should happen, to whom, when, and why (RULES.md).

Only the standard library, the errors and pure data libraries (holidays, phonenumbers, zone data) are used here: no
I/O, no
clock and no randomness that is not passed in. Time is always the argument ``now``, an aware datetime in UTC; a random
part is drawn once from the ``random.Random`` that is passed in, and kept in the enrolment's memory.
"""
