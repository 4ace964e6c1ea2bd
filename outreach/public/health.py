"""GET /healthz: 200 once everything is up, 503 with the reason otherwise. For load balancers, `make run` and people."""

from flask import Response, jsonify

from outreach.http.access import anyone
from outreach.http.house import current_house
from outreach.public.blueprint import blueprint
from outreach.reports import running


@blueprint.get("/healthz")
@anyone("says only whether the system works")
def healthz() -> Response:
    """Engines, schema, workers, clock, local mail server. Opens no transaction of the request."""
    house = current_house()
    reasons = running.reasons(house.engine, house.queue.redis, house.settings.local_smtp)
    answer = jsonify(status="down" if reasons else "up", reasons=reasons)
    answer.status_code = 503 if reasons else 200
    return answer
