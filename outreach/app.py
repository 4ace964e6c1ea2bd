"""Put the doors on a Flask app."""

from flask import Flask

from outreach import api, config, http, public, web, wiring


def create_app(house: wiring.House | None = None) -> Flask:
    """The web application of a house; without one it is built from the environment."""
    house = house or wiring.build(config.load())
    app = Flask("outreach", static_folder=None)
    http.install(app, house)
    public.install(app)
    web.install(app)
    api.install(app)
    return app
