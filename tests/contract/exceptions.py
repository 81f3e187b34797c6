"""What no schema can say: requests that are as the document says and are refused all the same."""

import schemathesis

ME = "`me` stands for the calling user and cannot be a user's id"

# Where the problem points, its detail, and why the schema does not say it.
REFUSED = {
    ("/expires_at", "must be in the future"): "a schema knows no now",
    ("/type", "can be publishable for organizations only"): "keys of every owner have one schema",
    ("/links", "can be given to publishable keys only"): "keys of every type have one schema",
    ("/links", "must name sales channels that the organization has"): "a schema knows no sales channels",
    ("/max_staleness_seconds", "must be 0 with `strong`, and more than 0 with `fast`"): (
        "the two are said apart, since either may be said alone"
    ),
    ("?status", "must name each status once"): "no schema of a text says so",
    ("?after", "must be the `after` of a page of this list with the same filters and the same order"): (
        "a schema knows no pages"
    ),
    ("", "must give each parameter once"): "a schema of a form knows no order and no repetition",
    ("/max_staleness_seconds", "must be 0 with `strong`, and more than 0 with `fast`"): (
        "a schema does not compare two fields"
    ),
    ("/owner", ME): "no schema of ours excludes one word",
    ("/user", ME): "no schema of ours excludes one word",
}

# What people may not type is more than a pattern can say that every client has to understand.
TEXTS = {"/title", "/name", "/reason"}

# A gateway whose own key is wrong is told so with a 500, since it passes a 401 on to its visitor; and `x-any-method` holds.
FOR_GATEWAYS = {"ServerError", "MissingHeaderNotRejected", "UnsupportedMethodResponse"}


def is_known(error):
    """Whether no schema can say why this was refused."""
    is_text = error["pointer"] in TEXTS and error["detail"].startswith(("must not hold", "must hold something"))
    return is_text or (error["pointer"], error["detail"]) in REFUSED


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure, unless a request was refused for nothing but reasons above."""
    if case.operation.path == "/v1/authorize" and type(failure).__name__ in FOR_GATEWAYS:
        return response.status_code == 500 and response.json()["code"] != "gateway.not_accepted"
    if type(failure).__name__ == "AcceptedNegativeData" and case.operation.label.endswith("/introspect"):
        # In a form of OAuth a parameter without a value counts as left out.
        return not isinstance(case.body, dict) or "" not in case.body.values()
    if type(failure).__name__ == "AcceptedNegativeData" and case.operation.label.endswith("/import"):
        # Each row is judged by itself, and the answer says what is wrong with it.
        return not response.json()["failed"]
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    problem = response.json()
    if problem.get("code") == "idempotency.mismatch":
        # Which requests had the same idempotency key before is in no schema.
        return False
    errors = problem.get("errors", [])
    return not errors or not all(is_known(error) for error in errors)
