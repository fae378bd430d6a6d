"""The way out of the newsletter: a page for people, one click for mail programs."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboard.web.addresses import OwnAddresses
from dashboard.web.doorway import Doorway
from dashboard.web.gate import Gate
from dashboard.web.headers import Answers, PageLanguage
from dashboard.web.outside import POLICY
from dashboard.web.rates import Rates
from dashboard.web.unsubscribe import LINK, MOST_BYTES, Unsubscribing
from queries.reads.newsletter import leads_out
from queries.store import engine
from queries.store.migrate import open_store
from queries.store.suppression import is_suppressed
from queries.store.tables import SuppressionKind
from queries.writes.newsletter.newsletter import unsubscribe_by_link
from tests.factories.newsletters import addresses, make_subscription
from tests.factories.records import MAKER
from tests.support.filled import filled_once
from tests.support.trails import everything, trail_of

TOKEN = "fi-" + "A" * 22
SWEDISH = "sv-" + "B" * 22
BASE = "https://rekisteri.example"
DOORWAY = Doorway(8501, BASE)
PROXY = {"Host": "rekisteri.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def app_of(store, *, most: int = 1_000_000, at_least: float = 0.0) -> Starlette:
    """The routes behind the middleware that they have in the server."""
    own = Unsubscribing(store, DOORWAY, rates=Rates(most, 60), at_least=at_least)
    return Starlette(
        routes=own.routes(),
        middleware=[
            Middleware(Answers, doorway=DOORWAY),
            Middleware(Gate, doorway=DOORWAY, store=store),
            Middleware(OwnAddresses, known=["unsubscribe"]),
            Middleware(PageLanguage, doorway=DOORWAY),
        ],
    )


class Client:
    """Asks an application as a browser behind the proxy would."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def request(self, method: str, path: str, *, headers=None, **more) -> httpx.Response:
        return asyncio.run(self.ask(method, path, headers=headers, **more))

    async def ask(self, method: str, path: str, *, headers=None, **more) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
            return await browser.request(method, path, headers={**PROXY, **(headers or {})}, **more)

    def get(self, path: str, **more) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more) -> httpx.Response:
        return self.request("POST", path, **more)


def client(store, **more) -> Client:
    return Client(app_of(store, **more))


@filled_once
def subscriber(sqlite_store):
    """A store with two subscribers who have a link."""
    make_subscription(sqlite_store, "aino@esimerkki.example", token=TOKEN)
    make_subscription(sqlite_store, "bo@esimerkki.example", token=SWEDISH)
    return sqlite_store


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_page_changes_nothing_and_asks_the_store_nothing(subscriber, method):
    before = everything(subscriber)
    door = client(subscriber)
    subscriber.close()
    asked: list[str] = []
    subscriber.reading = lambda *_a, **_k: asked.append("reading")
    subscriber.writing = lambda *_a, **_k: asked.append("writing")
    for _time in range(3):
        assert door.request(method, f"/unsubscribe/{TOKEN}").status_code == 200
    assert (asked, everything(subscriber)) == ([], before)


def test_the_page_closes_everything_that_it_does_not_need(subscriber):
    answer = client(subscriber).get(f"/unsubscribe/{TOKEN}", headers={"Cookie": "a=b"})
    assert "set-cookie" not in answer.headers
    assert {
        name: answer.headers[name]
        for name in (
            "content-security-policy",
            "referrer-policy",
            "cache-control",
            "x-robots-tag",
            "x-content-type-options",
            "x-frame-options",
            "content-type",
        )
    } == {
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-robots-tag": "noindex, nofollow",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "content-type": "text/html; charset=utf-8",
    }
    assert "<script" not in answer.text
    assert "aino" not in answer.text.lower()
    assert TOKEN not in answer.text
    assert re.findall(r"https?://|src=|href=|url\(", answer.text) == []


@pytest.mark.parametrize(
    ("token", "accepts", "language"),
    [
        (SWEDISH, "en", "sv"),
        (TOKEN, "sv", "fi"),
        ("en-" + "x" * 22, "fi", "en"),
        ("en-short", "sv;q=0.5, en;q=0.2", "sv"),
        ("", "de", "fi"),
        ("fi-" + "A" * 21 + "/", "en-GB,en;q=0.9", "en"),
    ],
)
def test_the_page_speaks_the_links_language_or_the_browsers(subscriber, token, accepts, language):
    for method in ("GET", "POST"):
        answer = client(subscriber).request(
            method, f"/unsubscribe/{token}", headers={"Accept-Language": accepts}
        )
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"data": ONE_CLICK},  # RFC 8058: application/x-www-form-urlencoded
        {"files": {"List-Unsubscribe": (None, "One-Click")}},  # or multipart/form-data
        {"content": b""},
        {"data": ONE_CLICK, "headers": {"Origin": "null"}},  # our own page's button
        {"data": ONE_CLICK, "headers": {"Origin": "https://mail.example"}},
        {"content": b"\xff\xfe{", "headers": {"Content-Type": "application/json"}},
    ],
)
def test_a_post_unsubscribes_whatever_program_sends_it(subscriber, body):
    answer = client(subscriber).post(f"/unsubscribe/{TOKEN}", **body)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert addresses(subscriber) == ["bo@esimerkki.example"]
    with subscriber.reading(MAKER) as session:
        marked = is_suppressed(session, SuppressionKind.NEWSLETTER, "Aino@Esimerkki.example")
    assert marked
    lines = trail_of(subscriber, "subscription")
    assert lines[-1][0] == "unsubscribe"
    assert lines[-1][3:] == ("(unsubscribe)", ["suppression"])


def test_a_link_that_a_mail_program_broke_leads_out_too(subscriber):
    broken = f"/unsubscribe/{TOKEN[:9]}%0d%0a%20{TOKEN[9:]}%0a"
    assert client(subscriber).post(broken).status_code == 200
    assert addresses(subscriber) == ["bo@esimerkki.example"]


def test_a_second_post_is_answered_the_same_and_changes_nothing(subscriber):
    door = client(subscriber)
    first = door.post(f"/unsubscribe/{TOKEN}", data=ONE_CLICK)
    after = everything(subscriber)
    second = door.post(f"/unsubscribe/{TOKEN}", data=ONE_CLICK)
    assert (second.status_code, second.text) == (first.status_code, first.text)
    assert everything(subscriber) == after


@pytest.mark.parametrize(
    "path",
    [
        "/unsubscribe",
        "/unsubscribe/",
        "/unsubscribe/fi-" + "Z" * 22,
        "/unsubscribe/%00",
        "/unsubscribe/a/b/c",
        "/unsubscribe/" + "x" * 2000,
        "/unsubscribe/fi-' OR 1=1 --xxxxxxxx",
        "/unsubscribe/" + TOKEN.lower(),
        "/unsubscribe/" + TOKEN[:-1],
        "/unsubscribe/" + TOKEN + "A",
        "/unsubscribe/a%0ab%0d%0a",
    ],
)
def test_a_made_up_link_gets_the_page_of_a_right_one_and_changes_nothing(subscriber, path):
    before = everything(subscriber)
    door = client(subscriber)
    asked, told = door.get(path), door.post(path, data=ONE_CLICK)
    assert everything(subscriber) == before
    right = client(subscriber)
    assert (asked.status_code, asked.text) == (200, right.get(f"/unsubscribe/{TOKEN}").text)
    assert (told.status_code, told.text) == (200, right.post(f"/unsubscribe/{TOKEN}").text)


@pytest.mark.parametrize("token", [TOKEN, "fi-" + "Z" * 22, "garbled"])
def test_no_answer_to_a_post_comes_before_its_time(subscriber, token):
    """Whoever waits as long, and began to before the request came, is done first."""
    at_least = 0.3
    door = client(subscriber, at_least=at_least)
    door.get("/unsubscribe/x")  # the first request makes the application
    done = []

    async def wait():
        await asyncio.sleep(at_least)
        done.append("waited")

    async def post():
        await door.ask("POST", f"/unsubscribe/{token}")
        done.append("answered")

    async def both():
        await asyncio.gather(wait(), post())

    asyncio.run(both())
    assert done == ["waited", "answered"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_not_allowed(subscriber, method):
    before = everything(subscriber)
    answer = client(subscriber).request(method, f"/unsubscribe/{TOKEN}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert everything(subscriber) == before


def test_a_large_body_is_refused_however_it_comes(subscriber):
    before = everything(subscriber)
    door = client(subscriber)
    assert door.post(f"/unsubscribe/{TOKEN}", content=b"x" * (MOST_BYTES + 1)).status_code == 413

    async def chunks():
        for _n in range(10):
            yield b"x" * 1000

    assert door.post(f"/unsubscribe/{TOKEN}", content=chunks()).status_code == 413
    assert everything(subscriber) == before


def test_a_client_that_asks_too_often_waits_and_others_do_not(subscriber):
    door = client(subscriber, most=5)
    path = f"/unsubscribe/{TOKEN}"
    before = everything(subscriber)
    assert [door.get(path).status_code for _n in range(5)] == [200] * 5
    refused = door.post(path, data=ONE_CLICK)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert '<html lang="fi">' in refused.text
    assert everything(subscriber) == before
    made_up = {"X-Forwarded-For": "198.51.100.9, 192.0.2.1"}
    assert door.post(path, headers=made_up).status_code == 429
    other = {"X-Forwarded-For": "192.0.2.1, 198.51.100.9"}
    assert door.post(path, headers=other).status_code == 200
    assert addresses(subscriber) == ["bo@esimerkki.example"]


def test_a_store_that_is_busy_says_so_and_keeps_the_subscription(subscriber, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    impatient = open_store(subscriber.engine.url)
    before = everything(subscriber)
    with subscriber.engine.begin():  # BEGIN IMMEDIATE: nobody else writes meanwhile
        answer = client(impatient).post(f"/unsubscribe/{TOKEN}")
    impatient.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert everything(subscriber) == before


def test_ten_thousand_random_links_over_http_change_nothing(subscriber):
    before = everything(subscriber)
    app = app_of(subscriber)
    tokens = [f"{('fi', 'sv', 'en')[n % 3]}-{secrets.token_urlsafe(16)}" for n in range(10_000)]
    statuses = asyncio.run(_posts(app, tokens))
    assert statuses == {200}
    assert everything(subscriber) == before


def test_a_hundred_thousand_guesses_near_a_right_link_change_nothing(subscriber):
    """Each sign of a right link replaced, its language, its case, its length; and the rest by
    chance: the route asks :func:`leads_out` before it writes."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    guesses = {TOKEN[:at] + sign + TOKEN[at + 1 :] for at in range(3, 25) for sign in signs}
    guesses |= {TOKEN[:n] for n in range(25)} | {TOKEN.lower(), "en" + TOKEN[2:], TOKEN + "%"}
    guesses -= {TOKEN}
    while len(guesses) < 100_000:
        guesses.add("fi-" + "A" * 11 + secrets.token_urlsafe(16)[:11])
    before = everything(subscriber)
    with subscriber.reading(LINK) as session:
        assert not any(leads_out(session, guess) for guess in guesses)
        assert leads_out(session, TOKEN)
    for guess in sorted(guesses)[:1000]:
        with subscriber.writing(LINK) as uow:
            assert unsubscribe_by_link(uow, guess) == 0
    assert everything(subscriber) == before


def test_the_same_link_from_many_sides_at_once_ends_one_subscription(store):
    make_subscription(store, "aino@esimerkki.example", token=TOKEN)
    make_subscription(store, "bo@esimerkki.example", token=SWEDISH)
    door = client(store)
    statuses: list[int] = []

    def post(token: str) -> None:
        statuses.append(door.post(f"/unsubscribe/{token}").status_code)

    threads = [threading.Thread(target=post, args=(token,)) for token in [TOKEN, SWEDISH] * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
    assert addresses(store) == []
    ended = [line[0] for line in trail_of(store, "subscription") if line[3] == "(unsubscribe)"]
    assert ended == ["unsubscribe"] * 2


async def _posts(app, tokens) -> set[int]:
    """The statuses of one-click POSTs, straight into the application."""
    headers = [(name.lower().encode(), value.encode()) for name, value in PROXY.items()]
    statuses: set[int] = set()

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    for token in tokens:
        body = [{"type": "http.request", "body": b"List-Unsubscribe=One-Click"}]

        async def receive(body=body):
            return body.pop(0)

        path = f"/unsubscribe/{token}"
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "headers": headers,
            "query_string": b"",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
            "scheme": "http",
            "http_version": "1.1",
        }
        await app(scope, receive, send)
    return statuses
