"""The web application, for web servers of your own: gunicorn --worker-class gthread --threads 8 wsgi:app"""

from outreach.app import create_app

app = create_app()
