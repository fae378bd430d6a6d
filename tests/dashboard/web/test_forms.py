"""The contact form from outside: what gets in, what does not, and the answer to each."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboard.web.addresses import OwnAddresses
from dashboard.web.doorway import Doorway
from dashboard.web.forms import Forms
from dashboard.web.gate import Gate
from dashboard.web.headers import Answers, PageLanguage
from dashboard.web.posted_form import MOST_BYTES
from dashboard.web.rates import Rates
from queries.rules.roles import Actor, Role
from queries.store import engine
from queries.store.migrate import open_store
from queries.writes import form_messages
from queries.writes.web_forms import AmendWebForm, amend_web_form
from tests.factories.messages import ORIGIN, SECRET, make_consent_text, make_form
from tests.support.trails import everything
from tests.support.words import fi

BASE = "https://rekisteri.example"
DOORWAY = Doorway(8501, BASE)
PROXY = {"Host": "rekisteri.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
TYPED = {
    "name": "Aino Esimerkki",
    "email": "aino@esimerkki.example",
    "phone": "040 123 4567",
    "message": "Voitteko tarjota?",
    "secret": SECRET,
    "website": "",
}


class Site:
    """The company's site: sends its form as a browser behind the proxy does."""

    def __init__(self, store, key: str, *, of_client: int = 1_000_000, of_form: int = 1_000_000):
        own = Forms(store, DOORWAY, of_client=Rates(of_client, 60), of_form=Rates(of_form, 60))
        self.store = store
        self.path = f"/forms/{key}"
        self._app = Starlette(
            routes=own.routes(),
            middleware=[
                Middleware(Answers, doorway=DOORWAY),
                Middleware(Gate, doorway=DOORWAY, store=store),
                Middleware(OwnAddresses, known=["forms"]),
                Middleware(PageLanguage, doorway=DOORWAY),
            ],
        )

    def request(self, method: str, path: str, *, headers=None, **more) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
                return await browser.request(
                    method, path, headers={**PROXY, **(headers or {})}, **more
                )

        return asyncio.run(ask())

    def send(self, *, headers=None, **typed: str) -> httpx.Response:
        """A browser's form of the allowed site."""
        own = {"Origin": ORIGIN, "Accept": "text/html", **(headers or {})}
        return self.request("POST", self.path, data={**TYPED, **typed}, headers=own)

    def fetch(self, body: object, *, headers=None) -> httpx.Response:
        """A script of the allowed site."""
        return self.request(
            "POST",
            self.path,
            content=json.dumps(body),
            headers={"Origin": ORIGIN, "Content-Type": "application/json", **(headers or {})},
        )

    def messages(self) -> list[tuple]:
        query = (
            "SELECT name, email, phone, street, post_code, town, message, consents, language"
            " FROM form_message ORDER BY id"
        )
        with self.store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


def key_of(store) -> str:
    with store.engine.connect() as connection:
        return connection.execute(text("SELECT key FROM web_form ORDER BY id")).scalars().first()


def site_of(store, **more: int) -> Site:
    make_form(store, consent_text_id=make_consent_text(store))
    return Site(store, key_of(store), **more)


@pytest.fixture
def site(sqlite_store) -> Site:
    return site_of(sqlite_store)


def untouched(site: Site, answer: httpx.Response, status: int) -> httpx.Response:
    assert (answer.status_code, site.messages()) == (status, [])
    assert "set-cookie" not in answer.headers
    return answer


def test_a_browsers_form_waits_in_the_inbox(store):
    site = site_of(store)
    answer = site.send(
        street="Kasarminkatu 10",
        post_code="50100",
        town="Mikkeli",
        consent="on",
        message="Rivi 1\r\nRivi 2",
        submit=fi("form_pages.send"),
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{site.path}/thanks")
    assert [(*row[:7], bool(row[7]), row[8]) for row in site.messages()] == [
        (
            "Aino Esimerkki",
            "aino@esimerkki.example",
            "+358401234567",
            "Kasarminkatu 10",
            "50100",
            "Mikkeli",
            "Rivi 1\nRivi 2",
            True,
            "fi",
        )
    ]
    changed = everything(store)
    assert {name for name in ("party", "email", "phone", "subscription") if changed[name]} == set()


def test_the_thank_you_page_has_no_cookie_and_no_script(site):
    answer = site.request("GET", f"{site.path}/thanks", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "Viesti on saapunut: Kixit Oy." in answer.text
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    swedish = site.request("GET", f"{site.path}/thanks?language=sv")
    assert '<html lang="sv">' in swedish.text
    assert site.request("GET", "/forms/made-up/thanks").status_code == 404
    sent = site.send(language="sv")
    assert sent.headers["location"] == f"{site.path}/thanks?language=sv"


def test_several_parts_and_json_are_taken_too(site):
    parts = {name: (None, value) for name, value in TYPED.items()}
    answer = site.request("POST", site.path, files=parts, headers={"Origin": ORIGIN})
    assert answer.status_code == 303
    answer = site.fetch({**TYPED, "consent": True, "town": None, "language": "en"})
    assert (answer.status_code, answer.json()) == (200, {"status": "received"})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["vary"] == "Origin"
    assert [(row[0], bool(row[7]), row[8]) for row in site.messages()] == [
        ("Aino Esimerkki", False, "fi"),
        ("Aino Esimerkki", True, "en"),
    ]


def test_the_secret_may_come_in_a_header(site):
    body = {name: value for name, value in TYPED.items() if name != "secret"}
    assert site.fetch(body, headers={"X-Form-Secret": SECRET}).status_code == 200
    assert site.fetch(body).status_code == 403
    assert site.fetch(body, headers={"X-Form-Secret": "s" * 39}).status_code == 403
    assert len(site.messages()) == 1


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + "s", "ä" * 40])
def test_without_the_secret_nothing_comes_in(site, secret):
    untouched(site, site.send(secret=secret), 403)


@pytest.mark.parametrize(
    "origin",
    [
        "https://esimerkki.example",
        "http://www.esimerkki.example",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}:8443",
        "https://evil.example",
        "null",
        "",
        f"{ORIGIN}/",
    ],
)
def test_another_site_gets_nothing_in_and_reads_nothing(site, origin):
    answer = untouched(site, site.send(headers={"Origin": origin}), 403)
    assert "access-control-allow-origin" not in answer.headers
    asked = site.request("OPTIONS", site.path, headers={"Origin": origin})
    assert asked.status_code == 403
    assert "access-control-allow-origin" not in asked.headers


def test_a_browser_without_an_origin_names_its_page(site):
    here = {**PROXY, "Accept": "text/html"}
    for referer, status in (
        (f"{ORIGIN}/yhteys?x=1", 303),
        ("https://evil.example/", 403),
        (f"{ORIGIN}.evil.example/", 403),
        ("", 403),
    ):
        answer = site.request("POST", site.path, data=TYPED, headers={**here, "Referer": referer})
        assert answer.status_code == status, referer


def test_a_script_is_told_beforehand_what_it_may_send(site):
    asked = site.request(
        "OPTIONS",
        site.path,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert asked.headers["access-control-allow-methods"] == "POST"
    assert asked.headers["access-control-allow-headers"] == "Content-Type, X-Form-Secret"


def test_a_program_that_fills_in_everything_is_told_that_all_is_well(site):
    answer = untouched(site, site.send(website="https://spam.example"), 303)
    assert answer.headers["location"] == f"{site.path}/thanks"
    assert site.fetch({**TYPED, "website": "x"}).json() == {"status": "received"}
    assert site.messages() == []


def test_what_is_wrong_is_listed_with_what_was_typed(site):
    typed = {
        "name": '<b>"Aino"</b> & co',
        "email": "aino",
        "phone": "",
        "consent": "on",
        "message": "</textarea><script>alert(1)</script>",
    }
    answer = untouched(site, site.send(**typed), 422)
    assert "<script" not in answer.text
    assert "<b>" not in answer.text
    assert fi("refusals.email.form") in answer.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    assert unescape(fields["name"]) == typed["name"]
    assert fields["email"] == "aino"
    assert fields["secret"] == SECRET
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in answer.text
    assert 'name="consent" checked' in answer.text
    assert 'aria-describedby="email-wrong"' in answer.text
    used_for = fi("form_pages.used_for", house="Kixit Oy")
    ask_notice = fi("form_pages.ask_notice", email="toimisto@kixit.example")
    assert f"<p>{used_for} {ask_notice}</p>" in answer.text
    again = site.request(
        "POST",
        site.path,
        headers={"Origin": BASE, "Accept": "text/html"},
        data={**TYPED, **typed, "email": "aino@esimerkki.example"},
    )
    assert again.status_code == 303
    assert site.messages()[0][0] == typed["name"]


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"email": "", "phone": ""}, "email", "no_contact"),
        ({"message": "Hetu 131052-308T"}, "message", "personal_identity_code"),
        ({"town": "131052-308U"}, "town", "suspect_identity_code"),
        ({"name": "Aino\u202eoniA"}, "name", "control_character"),
        ({"name": "Aino\x07"}, "name", "control_character"),
        ({"message": "a" * 5_001}, "message", "too_long"),
        ({"phone": "puhelin"}, "phone", "form"),
    ],
)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_script_is_told_what_to_mend(site, typed, field, code, language):
    answer = untouched(site, site.fetch({**TYPED, **typed, "language": language}), 422)
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"], len(error["message"]) > 10) == (field, code, True)
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=1", "text/plain", 415),
        (b"a=1", "", 415),
        (b"<a/>", "application/xml", 415),
        (b"name=%ff%fe", "application/x-www-form-urlencoded", 400),
        ("name=\u00e4".encode(), "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(41)), "application/x-www-form-urlencoded", 400),
        (b"[1]", "application/json", 400),
        (b'{"name": 1}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"[" * 16_000, "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b"--x\r\nrubbish", "multipart/form-data; boundary=x", 403),
        (b"--x", "multipart/form-data", 400),
        (b"x" * (MOST_BYTES + 1), "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_is_refused(site, body, kind, status):
    headers = {"Origin": ORIGIN, "Content-Type": kind}
    untouched(site, site.request("POST", site.path, content=body, headers=headers), status)


def test_a_file_is_refused(site):
    files = {"file": ("a.txt", b"x"), **{name: (None, value) for name, value in TYPED.items()}}
    answer = site.request("POST", site.path, files=files, headers={"Origin": ORIGIN})
    assert fi("form_pages.problems.form") in untouched(site, answer, 400).text


def test_a_body_without_a_length_is_cut_off(site):
    async def endless():
        for _ in range(100):
            yield b"x" * 1_000

    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    answer = site.request("POST", site.path, content=endless(), headers=headers)
    untouched(site, answer, 413)


def test_one_client_and_one_form_are_held_back(sqlite_store):
    site = site_of(sqlite_store, of_client=3, of_form=4)
    assert [site.send().status_code for _ in range(4)] == [303, 303, 303, 429]
    late = site.send()
    assert late.headers["retry-after"] == "60"
    other = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    assert [site.send(headers=other).status_code for _ in range(2)] == [303, 429]
    told = site.fetch(TYPED, headers={"X-Forwarded-For": "192.0.2.3"})
    assert (told.status_code, told.json()["code"]) == (429, "too_often")
    assert len(site.messages()) == 4


def test_a_full_inbox_says_so(site, monkeypatch):
    monkeypatch.setattr(form_messages, "MOST_WAITING", 1)
    assert site.send().status_code == 303
    answer = site.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    assert len(site.messages()) == 1


def test_a_form_that_is_gone_and_one_that_is_closed_say_the_same(site, sqlite_store):
    made_up = site.request(
        "POST", "/forms/0123456789abcdef", data=TYPED, headers={"Origin": ORIGIN}
    )
    inputs = AmendWebForm(id=1, version=1, name="Yhteys", origins=ORIGIN, active=False)
    sqlite_store.carry_out(amend_web_form, inputs, actor=Actor("maija", Role.MANAGER))
    closed = untouched(site, site.send(), 404)
    assert made_up.status_code == 404
    assert made_up.text == closed.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_the_address_itself_is_no_page(site, method):
    answer = untouched(site, site.request(method, site.path), 405)
    assert answer.headers["allow"] == "POST, OPTIONS"


def test_a_store_that_is_busy_says_so(sqlite_store, sqlite_path, monkeypatch):
    site = site_of(sqlite_store)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    impatient = open_store(engine.sqlite_url(sqlite_path))
    slow = Site(impatient, key_of(sqlite_store))
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("UPDATE web_form SET name = name"))
        answer = slow.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    impatient.close()
    assert site.messages() == []
