"""One database session per request: committed when the answer is no error, else rolled back; then workers are woken.

A view that must keep something although it answers with an error (a failed sign-in) commits by itself.
"""

from typing import cast

from flask import Flask, Response, current_app, g
from sqlalchemy.orm import Session


def transaction() -> Session:
    """This request's session, opened when first asked for."""
    if "session" not in g:
        g.session = current_app.extensions["house"].sessions()
    return cast(Session, g.session)


def poke(job: str, *ids: int) -> None:
    """Wake a worker once this request's transaction is committed; forgotten when it is rolled back."""
    g.setdefault("pokes", []).append((job, ids))


def install(app: Flask) -> None:
    """End the session with each request."""
    app.after_request(_end)
    app.teardown_request(_abandon)


def _end(response: Response) -> Response:
    session: Session | None = g.pop("session", None)
    pokes = g.pop("pokes", [])
    if session is None:
        return response
    with session:
        if response.status_code >= 400:
            session.rollback()
            return response
        session.commit()
    for job, ids in pokes:
        current_app.extensions["house"].queue.poke(job, *ids)
    return response


def _abandon(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()
