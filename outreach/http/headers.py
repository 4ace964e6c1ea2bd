"""Security headers on every answer: a strict CSP without inline script or style, and the usual others.

A page that needs one thing more says so for its own answer: `allow(frame_src="'self'")`, or `style_nonce()` where
CodeMirror puts its own style sheet in (`EditorView.cspNonce`).
"""

import secrets

from flask import Flask, Response, g

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

LETTER_PREVIEW = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
"""For an answer that is a rendered letter, shown in a frame by `<form target=frame method=post>` (UI.md 4)."""

OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def allow(**directives: str) -> None:
    """Add sources to this answer's policy: `allow(frame_src="'self'")`."""
    extra: dict[str, str] = g.setdefault("csp", {})
    for name, sources in directives.items():
        extra[name.replace("_", "-")] = sources


def style_nonce() -> str:
    """A nonce for one style sheet that a script adds, allowed in this answer only."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
        allow(style_src=f"'self' 'nonce-{g.nonce}'")
    return str(g.nonce)


def policy(extra: dict[str, str]) -> str:
    """The header's value: STRICT with `extra` in place of its own directives."""
    return "; ".join(f"{name} {sources}" for name, sources in {**STRICT, **extra}.items())


def install(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer that does not bring its own."""

    def put(response: Response) -> Response:
        own = "Content-Security-Policy" in response.headers
        if not own:
            response.headers["Content-Security-Policy"] = policy(g.get("csp", {}))
            response.headers.setdefault("X-Frame-Options", "DENY")
        for name, value in OTHERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.after_request(put)
    app.jinja_env.globals["style_nonce"] = style_nonce
