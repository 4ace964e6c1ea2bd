"""ANSWERS. Read-only queries to dataclasses, for pages and the command line.

A report reads rows through store and returns plain frozen dataclasses; it changes nothing and formats nothing for a
page.
"""
