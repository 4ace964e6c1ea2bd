"""Letters as bytes: MJML and merge fields in, RFC 5322 messages and SMTP out; raw mail in, plain facts out.

Everything here is a function over dataclasses. It knows no tables, no settings and no clock: who gets which letter is
decided in journeys, and a message row becomes a letter in journeys/deliver and nowhere else.
"""
