"""WHAT THE SYSTEM DOES. One file per journey, read top-down.

A journey takes what it uses (a session, the house, business time) and changes rows; it never opens a page and never
commits, except where its docstring says so (deliver and advance work row by row, each in a transaction of its own).
Journeys meet through rows. `house.py` names what they need of the wiring; `applying.py` is where every decision of the
engine becomes rows; `facts.py` reads what the engine has to know.

Whoever changes a lead's enrolments, tasks or letters locks the lead's row first.
"""
