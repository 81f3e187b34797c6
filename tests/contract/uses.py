"""What people write with the client that openapi-python-client makes. The names of the operations come by standard input."""

import importlib
import json
import pathlib
import sys
import typing

import keyward_client
from keyward_client import AuthenticatedClient

given = json.load(sys.stdin)
client = AuthenticatedClient(given["url"], given["rootKey"], raise_on_unexpected_status=True)


def call(name, /, **body):
    """Calls an operation with a body of these fields; its class is what the function asks for."""
    operation, parameters = given["calls"][name]["id"], given["calls"][name]["parameters"]
    [file] = pathlib.Path(keyward_client.__file__).parent.glob(f"api/*/{operation}.py")
    sync = importlib.import_module(f"keyward_client.api.{file.parent.name}.{operation}").sync
    if body:
        parameters["body"] = typing.get_type_hints(sync)["body"](**body)
    return sync(client=client, **parameters)


assert call("found", id="acme", name="Acme").name == "Acme"
key = call("create", title="CI deploys", scopes=["orders:read"])
assert key.token.startswith("kw_sk_"), key
assert key.created_by.type_ == "root", key
found = call("list")
assert [(each.id, each.token) for each in found.keys] == [(key.id, None)], found
verdict = call("verify", key=key.token, scopes=["orders:read"])
assert verdict.valid and verdict.key.title == "CI deploys", verdict
verdict = call("verify", key="no key")
assert not verdict.valid and verdict.code == "malformed", verdict
