"""The view of docs/PYTHON.md, which `views` holds, as a site: run by Django, served by the standard library."""

import sys
from wsgiref.simple_server import make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="only for this test")

import views  # noqa: E402

urlpatterns = [path("orders/mine", views.mine)]

with make_server("127.0.0.1", 0, get_wsgi_application()) as server:
    print(f"listening on 127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()
