"""ROWS. One noun, one file: the table and every question asked of it.

Functions here take a Session and never commit: only doors open and end transactions. Nothing here sends, renders or
decides; mail bytes and rules live in their own rooms. `base.py` holds what every table shares, `tables.py` imports
them all (migrations compare against it), `migrations/` brings a database up to them.
"""
