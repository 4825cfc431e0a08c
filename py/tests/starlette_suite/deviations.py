"""What fails of Starlette's own tests with corsac's class in its place, and why: by test, by assertion."""

VERSION = "1.10.0"

# How many tests that version has and how many of them pass as they are; how many assertions are tried and how many of them hold.
# With Starlette's own class 147 are tried: tests whose policy does not start have none.
TESTS, PASSED = 18, 5
TRIED, HELD = 91, 52

STATUS = "a successful preflight is answered with 204, as nothing follows; preflight_status=200 gives Starlette's status, still without a body"
NO_BODY = "a preflight's answer has no body: no page can read it"
REFUSED_403 = "a refused preflight is answered with 403: the request is well-formed, and not allowed"
NO_REASON = "why a preflight is refused is for the operator, not for the page that asked: Policy.explain and `python -m corsac explain` say it"
REFUSED_POLICY = "`*` with credentials does not start: it would let every site on the web act as the user; say which origins are meant"
REFUSED_REGEX = "an expression that takes every origin is `*`, which does not start with credentials; name your own domain in it"
REFUSED_PRIVATE = "`*` with allow_private_network does not start: it would open a private network to every site on the web"
LITERAL_HEADERS = "without credentials `*` is sent as it is, which browsers understand, instead of what was asked for"
LITERAL_METHODS = "without credentials `*` is sent as it is, which browsers understand, instead of a list of eight methods"
ANY_METHOD = "`*` allows every method but CONNECT, TRACE and TRACK, as it does to browsers, and not eight of them"
NO_METHOD_VARY = "under `*` no answer depends on the method that is asked for, so Vary does not name it"
VARY_OF_A_LIST = "no answer depends on whether a private network is asked for, as it is not allowed"
VARY_UNDER_STAR = (
    "answers depend on the headers that are asked for, as `*` does not cover authorization: not on the origin nor on the method, "
    "which are `*` too, nor on a private network, which is not allowed"
)
NO_ORIGIN_VARY = "under `*` no response depends on the origin, and a cache that kept one a page would be used in vain"
CONSTANT = "under `*` every response has the field, with Origin or without: a cache may give one to a page that needs it"
LOWER_CASE = "the names in the value are those of the policy in lower case; browsers compare them without case"
ONE_FORM = "the same names, in lower case, without blanks after commas, and in the order of the policy"
PRIVATE_NETWORK = "a private network that is not allowed is not granted, which browsers take as a no; no reason to fail a preflight of theirs"

FOUR_FIELDS = (
    "response.headers['vary'] == 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    "Access-Control-Request-Private-Network'"
)
SAFELISTED = "response.headers['access-control-allow-headers'] == 'Accept, Accept-Language, Content-Language, Content-Type, X-Example'"

# What fails more than once, as it stands in a loop over methods.
TIMES = {"test_cors_preflight_allow_all_methods": 8}

DEVIATIONS: dict[str, dict[str, str]] = {
    "test_cors_allow_all": {"raises PolicyError: any-origin-with-credentials": REFUSED_POLICY},
    "test_preflight_allows_request_origin_if_origins_wildcard_and_credentials_allowed": {"raises PolicyError: any-origin-with-credentials": REFUSED_POLICY},
    "test_cors_vary_header_is_properly_set_for_credentialed_request": {"raises PolicyError: any-origin-with-credentials": REFUSED_POLICY},
    "test_cors_private_network_access_allowed": {"raises PolicyError: private-network-with-any-origin": REFUSED_PRIVATE},
    "test_cors_allow_all_except_credentials": {
        "response.status_code == 200": STATUS,
        "response.text == 'OK'": NO_BODY,
        "response.headers['access-control-allow-headers'] == 'X-Example'": LITERAL_HEADERS,
        FOUR_FIELDS: VARY_UNDER_STAR,
        "response.headers['access-control-expose-headers'] == 'X-Status'": LOWER_CASE,
        "'access-control-allow-origin' not in response.headers": CONSTANT,
        "response.headers['vary'] == 'Origin'": NO_ORIGIN_VARY,
    },
    "test_cors_allow_specific_origin": {
        "response.status_code == 200": STATUS,
        "response.text == 'OK'": NO_BODY,
        SAFELISTED: ONE_FORM,
    },
    "test_cors_disallowed_preflight": {
        "response.status_code == 400": REFUSED_403,
        "response.text == 'Disallowed CORS origin, method, headers'": NO_REASON,
        FOUR_FIELDS: VARY_OF_A_LIST,
        "response.text == 'Disallowed CORS headers'": NO_REASON,
    },
    "test_cors_preflight_allow_all_methods": {
        "response.status_code == 200": STATUS,
        "method in response.headers['access-control-allow-methods']": LITERAL_METHODS,
    },
    "test_cors_preflight_rejects_custom_method_with_wildcard": {
        "response.status_code == 400": ANY_METHOD,
        "response.text == 'Disallowed CORS method'": ANY_METHOD,
        "'Access-Control-Request-Method' in response.headers['vary'].split(', ')": NO_METHOD_VARY,
    },
    "test_cors_allow_all_methods": {"response.headers['vary'] == 'Origin'": NO_ORIGIN_VARY},
    "test_cors_allow_origin_regex": {"raises PolicyError: any-origin-with-credentials": REFUSED_REGEX},
    "test_cors_vary_header_is_set_for_non_credentialed_request": {
        "response.headers['vary'] == 'Accept-Encoding, Accept-Language, Origin'": NO_ORIGIN_VARY
    },
    "test_cors_private_network_access_disallowed": {
        "response.status_code == 200": STATUS,
        "response.text == 'OK'": NO_BODY,
        "response.status_code == 400": PRIVATE_NETWORK,
        "response.text == 'Disallowed CORS private-network'": PRIVATE_NETWORK,
    },
}
