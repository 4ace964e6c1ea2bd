"""/settings/users: who works here. Invite by a one-time link, change roles, hand over when somebody leaves (X10)."""

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.errors import Refused
from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import accounts, handing_over, second_factor, security
from outreach.store import account, events, second_factors, users
from outreach.store.users import User
from outreach.web.blueprint import blueprint

ROLES = (
    ("rep", "Rep: works leads and tasks"),
    ("marketer", "Marketer: builds sequences, letters and forms"),
    ("manager", "Manager: sees everything, changes the company's settings"),
    ("admin", "Administrator: everything, users and mailboxes too"),
)
WANTED = (
    ("", "Nobody: everybody decides for themselves"),
    ("leaders", "Administrators and managers"),
    ("everybody", "Everybody"),
)


@blueprint.get("/settings/users")
@role("admin")
def user_list() -> str:
    """Everybody, and the form to invite one more."""
    return _page()


@blueprint.post("/settings/users")
@role("admin")
def invite() -> str | tuple[str, int]:
    """A new user with a one-time link, shown once: the administrator passes it on."""
    form = request.form
    session = transaction()
    try:
        user = accounts.add_user(session, form.get("email", ""), form.get("name", ""), form.get("role", ""))
    except Refused as refused:
        return _page({"email": str(refused)}), 422
    return _page(link=accounts.invite_link(session, current_house(), user, this_user()), invited=user)


@blueprint.post("/settings/users/<int:user_id>/link")
@role("admin")
def new_link(user_id: int) -> str:
    """A fresh one-time link for somebody who lost the first, or the password."""
    user = _active(user_id)
    poke("deliver_urgent")
    return _page(link=accounts.invite_link(transaction(), current_house(), user, this_user()), invited=user)


@blueprint.post("/settings/users/<int:user_id>/role")
@role("admin")
def change_role(user_id: int) -> Response:
    """Another role; nobody takes their own administration away, so one administrator always remains."""
    user = _active(user_id)
    wanted = request.form.get("role", "")
    if user.id == this_user().id:
        raise Refused("Ask another administrator to change your own role.")
    if wanted not in users.ROLES:
        raise Refused(f"'{wanted[:30]}' is no role; choose one of {', '.join(users.ROLES)}.")
    if wanted != user.role:
        security.note(transaction(), current_house(), user, f"The role is {wanted} now, not {user.role}.", this_user())
    user.role = wanted
    flash(f"{user.name} is now {wanted}.", "ok")
    return redirect("/settings/users", 303)


@blueprint.post("/settings/users/<int:user_id>/second-factor/reset")
@role("admin")
def reset_second_factor(user_id: int) -> Response:
    """For somebody whose phone and recovery codes are gone."""
    user = _active(user_id)
    second_factor.reset(transaction(), current_house(), user, this_user())
    poke("deliver_urgent")
    flash(f"{user.name} signs in with the password alone again, and was told by mail.", "ok")
    return redirect("/settings/users", 303)


@blueprint.post("/settings/users/second-factor")
@role("admin")
def require_second_factor() -> Response:
    """Who must have one."""
    second_factor.require(transaction(), current_house(), request.form.get("second_factor", ""), this_user())
    flash("Saved.", "ok")
    return redirect("/settings/users", 303)


@blueprint.get("/settings/users/<int:user_id>/leave")
@role("admin")
def leave_page(user_id: int) -> str:
    """X10: who takes over their leads?"""
    user = _active(user_id)
    heirs = [(other.id, other.name) for other in users.active_users(transaction()) if other.id != user.id]
    theirs = handing_over.belongings(transaction(), user)
    return render_template("settings_leave.html", leaver=user, heirs=heirs, theirs=theirs)


@blueprint.post("/settings/users/<int:user_id>/leave")
@role("admin")
def leave(user_id: int) -> Response:
    """Switch a user off; the heir gets their leads and open tasks."""
    user = _active(user_id)
    if user.id == this_user().id:
        raise Refused("Ask another administrator to switch you off.")
    heir = _active(request.form.get("heir", type=int) or 0)
    mailbox = request.form.get("mailbox", "own")
    batch = handing_over.leave(transaction(), user, heir, this_user(), now(), mailbox=mailbox)
    flash(f"{user.name} is switched off; {heir.name} takes over.", "ok")
    poke("work_many")
    return redirect(f"/batches/{batch.id}" if batch.total else "/settings/users", 303)


@blueprint.post("/settings/users/<int:user_id>/return")
@role("admin")
def come_back(user_id: int) -> Response:
    """Switch a user on again."""
    user = transaction().get(User, user_id) or abort(404)
    user.active = True
    security.note(transaction(), current_house(), user, "Switched on again.", this_user())
    flash(f"{user.name} can sign in again.", "ok")
    return redirect("/settings/users", 303)


def _active(user_id: int) -> User:
    user = transaction().get(User, user_id)
    if user is None or not user.active:
        abort(404)
    return user


def _page(errors: dict[str, str] | None = None, link: str = "", invited: User | None = None) -> str:
    session = transaction()
    everybody = users.all_users(session)
    return render_template(
        "settings_users.html",
        everybody=everybody,
        with_factor=second_factors.having(session, [user.id for user in everybody]),
        without_factor={user.id for user in second_factors.missing(session)},
        required=account.get(session).second_factor,
        wanted=WANTED,
        names={user.id: user.name for user in everybody},
        security=events.latest_of(session, "security", 20),
        roles=ROLES,
        errors=errors,
        link=link,
        invited=invited,
        form=request.form if errors else {},
    )
