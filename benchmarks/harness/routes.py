"""Many routes of realistic shapes, as a large API has them: `/repos/{owner}/{repo}/issues/{id}/comments` and so on."""

from collections.abc import Iterator
from itertools import islice, product

PER_FILE = 1_000

ROOTS = {  # what a path begins with, and a request for it
    "/repos/{owner}/{repo}": "/repos/octo-org/hello-world",
    "/orgs/{org}": "/orgs/octo-org",
    "/users/{user}": "/users/monalisa",
    "/teams/{org}/{team}": "/teams/octo-org/justice-league",
    "/projects/{project}": "/projects/1002604",
    "/accounts/{account}": "/accounts/9c44f1a2",
    "/v1/customers/{customer}": "/v1/customers/cus_4QFJOjw2pOmAGJ",
    "/v1/orders/{order}": "/v1/orders/70815",
    "/v2/stores/{store}": "/v2/stores/berlin-mitte",
    "/admin/tenants/{tenant}": "/admin/tenants/acme",
}
ADJECTIVES = "active archived assigned automatic blocked cached closed default deleted draft enabled expired external " \
    "failed favourite hidden imported internal latest linked locked managed merged nested open pending pinned public " \
    "recent rejected remote scheduled shared starred suspended tagged trusted verified visible waiting".split()
NOUNS = "actions addresses alerts assets branches builds checks comments commits contracts deployments discounts " \
    "environments events files invoices issues jobs keys labels members".split()
DETAILS = {  # below one of them, and a request for it
    "": "",
    "/{id}": "/4711",
    "/{id}/history": "/4711/history",
    "/{id}/comments": "/4711/comments",
    "/{id}/comments/{comment}": "/4711/comments/12",
    "/{id}/attachments/{name}/content": "/4711/attachments/report.pdf/content",
    "/{id}/permissions": "/4711/permissions",
    "/{id}/reactions/{reactor}": "/4711/reactions/monalisa",
    "/{id}/subscribers": "/4711/subscribers",
    "/{id}/timeline": "/4711/timeline",
    "/{id}/transfer": "/4711/transfer",
    "/search": "/search",
}


def _shapes(count: int) -> Iterator[tuple[str, str]]:
    """Pairs of a path template and a path that it matches, all different."""
    combined = product(ADJECTIVES, NOUNS, ROOTS.items(), DETAILS.items())
    for adjective, noun, (root, root_request), (detail, detail_request) in islice(combined, count):
        collection = f"/{adjective}-{noun}"
        yield root + collection + detail, root_request + collection + detail_request


def files(count: int) -> dict[str, str]:
    """`count` routes, in files of at most 1,000."""
    shapes = list(_shapes(count))
    if len(shapes) < count:
        raise ValueError(f"only {len(shapes)} different routes can be made")
    return {
        f"routes-{first // PER_FILE:03}.yaml": "".join(
            f'  r{first + number:06}: {{ match: {{ path: "{path}" }}, auth: public, to: o }}\n'
            for number, (path, _) in enumerate(shapes[first : first + PER_FILE])
        )
        for first in range(0, count, PER_FILE)
    }


def requests(count: int) -> list[str]:
    """A path for each of these routes."""
    return [path for _, path in _shapes(count)]
