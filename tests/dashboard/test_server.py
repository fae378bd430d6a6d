"""The server from outside: who may ask what, and what every answer carries."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from queries.reads.sign_ins import DOOR
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store
from queries.writes import users
from queries.writes.sign_ins import end_session, issue_ticket, start_session
from queries.writes.users import AddUser, add_user
from tests.support.server import served

PASSWORD = "neljä vahvaa sanaa tässä"
CLOSED = ["/_stcore/agent/openapi.json", "/_stcore/script-health-check", "/auth/login"]
GUARDED = [
    "/media/0123456789.png",
    "//media/0123456789.png",
    "/media//0123456789.png",
    "/_stcore/upload_file/session/file",
    "/_stcore/metrics",
]


class House:
    """A served store with one user, and the ways into it that a test needs."""

    def __init__(self, server, store, user_id) -> None:
        self.server = server
        self.store = store
        self.user_id = user_id

    def cookie(self) -> dict[str, str]:
        with self.store.writing(DOOR, now=datetime.now(UTC)) as uow:
            return {f"register-{self.server.port}": start_session(uow, self.user_id)}

    def ticket(self, nonce: str) -> str:
        with self.store.writing(DOOR, now=datetime.now(UTC)) as uow:
            return issue_ticket(uow, self.user_id, nonce)

    def get(self, path: str, **more) -> httpx.Response:
        return httpx.get(self.server.base + path, **more)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    store = create_store(sqlite_url(folder / "register.sqlite"))
    inputs = AddUser(username="anna", name="Anna Aalto", role=Role.ADMINISTRATOR, password=PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "ROUNDS", 4)
        user_id = store.carry_out(add_user, inputs, actor=Actor("anna", Role.ADMINISTRATOR))
    with served(folder, "serve") as server:
        yield House(server, store, user_id)
        assert server.stop(signal.SIGINT) == 0
    store.close()


def test_health_says_that_the_store_answers_and_no_more(house):
    answer = house.get("/health", headers={"Host": "whoever-keeps-watch"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", GUARDED)
def test_files_uploads_and_figures_need_a_session(house, path):
    assert house.get(path).status_code == 403
    assert house.get(path, cookies={f"register-{house.server.port}": "made-up"}).status_code == 403
    assert house.get(path, cookies=house.cookie()).status_code != 403


def test_an_upload_needs_a_session(house):
    answer = httpx.put(f"{house.server.base}/_stcore/upload_file/s/f", files={"file": b"x"})
    assert answer.status_code == 403


def test_an_ended_session_opens_nothing(house):
    cookie = house.cookie()
    assert house.get("/media/0.png", cookies=cookie).status_code == 404
    with house.store.writing(DOOR) as uow:
        end_session(uow, next(iter(cookie.values())))
    assert house.get("/media/0.png", cookies=cookie).status_code == 403


@pytest.mark.parametrize("path", CLOSED)
def test_what_nobody_needs_is_closed_even_to_the_signed_in(house, path):
    assert house.get(path, cookies=house.cookie()).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", ""])
def test_another_sites_name_for_us_is_refused(house, host):
    assert house.get("/", headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
def test_another_origin_is_refused_everywhere(house, origin):
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/static/js/x.js"):
        assert house.get(path, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_another_origin_gets_no_websocket(house, origin):
    address = f"ws://localhost:{house.server.port}/_stcore/stream"
    with pytest.raises(InvalidStatus) as refused, connect(address, origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_our_own_page_gets_a_websocket(house):
    address = f"ws://localhost:{house.server.port}/_stcore/stream"
    with connect(address, origin=house.server.base, subprotocols=["streamlit"]) as socket:
        assert socket.subprotocol == "streamlit"


def test_the_headers_of_every_answer(house):
    for path in ("/", "/health", "/media/0.png", "/nowhere/at/all"):
        headers = house.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers


def test_the_policy_names_no_other_host(house):
    policy = house.get("/").headers["content-security-policy"]
    assert re.findall(r"https?:|\*|\.", policy) == []
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_the_page_is_in_the_chosen_language(house, language):
    chosen = house.get(f"/language/{language}?to=/customers")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/customers")
    cookies = {f"register-language-{house.server.port}": language}
    page = house.get("/customers", cookies=cookies)
    assert f'<html lang="{language}">' in page.text
    assert 'lang="en"' not in page.text or language == "en"


def test_an_unknown_language_is_finnish(house):
    page = house.get("/", cookies={f"register-language-{house.server.port}": '"><script>'})
    assert '<html lang="fi">' in page.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "x"])
def test_no_redirect_leads_elsewhere(house, to):
    for path in ("/language/en", "/sign-in/made-up"):
        assert house.get(path, params={"to": to}).headers["location"] == "/"


def test_a_ticket_with_its_nonce_gives_the_cookie_once(house):
    nonce = {f"register-nonce-{house.server.port}": "nonce"}
    path = f"/sign-in/{house.ticket('nonce')}"
    first = house.get(path, cookies=nonce, params={"to": "/trail"})
    assert (first.status_code, first.headers["location"]) == (303, "/trail")
    session = first.cookies[f"register-{house.server.port}"]
    (header,) = [
        line
        for line in first.headers.get_list("set-cookie")
        if line.startswith(f"register-{house.server.port}=")
    ]
    assert header.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200"]
    cookies = {f"register-{house.server.port}": session}
    assert house.get("/media/0.png", cookies=cookies).status_code == 404
    assert "set-cookie" not in house.get(path, cookies=nonce).headers


def test_a_ticket_without_its_nonce_gives_nothing(house):
    for cookies in ({}, {f"register-nonce-{house.server.port}": "another"}):
        answer = house.get(f"/sign-in/{house.ticket('nonce')}", cookies=cookies)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "set-cookie" not in answer.headers


def test_the_first_page_brings_a_nonce(house):
    answer = house.get("/")
    name = f"register-nonce-{house.server.port}"
    assert len(answer.cookies[name]) == 43
    assert "set-cookie" not in house.get("/", cookies={name: answer.cookies[name]}).headers


def test_the_front_ends_files_come_compressed(house):
    path = re.search(r'src="\.(/static/js/index[^"]+)"', house.get("/").text).group(1)
    plain = house.get(path, headers={"Accept-Encoding": "identity"})
    small = house.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert small.content == plain.content
    assert "immutable" in small.headers["cache-control"]


def test_the_log_says_nothing_about_who_asked(house):
    house.get("/sign-in/a-ticket-in-the-address?to=/customer%3Fid%3D7")
    house.get("/customer?id=7", cookies=house.cookie())
    said = "".join(house.server.log)
    for word in ("a-ticket-in-the-address", "anna", "Anna", "customer", "Traceback"):
        assert word not in said


def test_over_https_cookies_are_bound_to_the_host(house, tmp_path):
    store = create_store(sqlite_url(tmp_path / "register.sqlite"))
    store.close()
    with served(tmp_path, "serve", "--public-address", "https://rekisteri.example") as server:
        proxied = {"Host": "rekisteri.example", "X-Forwarded-Proto": "https"}
        page = httpx.get(server.base + "/", headers=proxied)
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        nonce = page.headers["set-cookie"]
        assert nonce.startswith("__Host-register-nonce=")
        assert nonce.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"]
        plain = httpx.get(server.base + "/trail", headers={"Host": "rekisteri.example"})
        assert (plain.status_code, plain.headers["location"]) == (
            308,
            "https://rekisteri.example/trail",
        )
        put = httpx.put(server.base + "/x", headers={"Host": "rekisteri.example"})
        assert put.status_code == 403
        assert httpx.get(server.base + "/").status_code == 421
        assert httpx.get(server.base + "/health").status_code == 200
        assert server.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 303), ("/overview", 303), ("/customers", 200), ("/", 200)]
)
def test_an_address_without_a_page_leads_to_the_first_one(house, path, status):
    answer = house.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers.get("location", "/")) == (status, "/")


def test_what_is_no_page_is_not_led_anywhere(house):
    assert house.get("/health", headers={"Accept": "text/html"}).status_code == 200
    assert house.get("/signed-out", headers={"Accept": "text/html"}).status_code == 303
    assert house.get("/nowhere", headers={"Accept": "application/json"}).status_code == 200
