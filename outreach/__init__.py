"""outreach: follow up every lead, at once and to the end, until they answer.

The rooms of the house and the floors that they stand on are told in docs/design.md; imports run downwards only.
"""

__version__ = "0.1.0"
