"""The blueprint that every page file of this room puts its views on."""

from flask import Blueprint

blueprint = Blueprint("public", __name__, template_folder="templates")
