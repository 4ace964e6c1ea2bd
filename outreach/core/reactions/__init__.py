"""What a signal changes in an enrolment: one file a subject, one function a signal. `answers` has the table.

Pure, as all of core: each function takes a Scene and its signal and returns one Decision.
"""
