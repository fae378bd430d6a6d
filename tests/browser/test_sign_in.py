"""Signing in and out in a real browser."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from dashboard.words import LANGUAGES, word
from tests.browser.conftest import fill_in, inside, press, shot
from tests.support.words import fi, start_of

TITLES = {language: word("sign_in.title", language) for language in LANGUAGES}
SWITCH = {language: fi(f"language.{language}") for language in LANGUAGES}


def session_cookie(context, demo_server) -> dict:
    name = f"register-{demo_server.base.rsplit(':', 1)[1]}"
    return next(cookie for cookie in context.cookies() if cookie["name"] == name)


def title(page, language):
    return page.get_by_role("heading", name=TITLES[language], exact=True)


def test_a_right_password_leads_to_the_page_that_was_asked_for(page, demo_server):
    page.goto("/trail?kind=write")
    title(page, "fi").wait_for()
    fill_in(page, *demo_server.people["manager"])
    inside(page).wait_for()
    assert page.url == f"{demo_server.base}/trail?kind=write"
    assert page.get_by_test_id("stSidebar").get_by_text("Maija Mänty").is_visible()


def test_the_cookie_is_kept_from_scripts_and_other_sites(page, demo_server, signed_in):
    signed_in(page, "viewer")
    cookie = session_cookie(page.context, demo_server)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie["value"] not in page.evaluate("document.cookie")


def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(page, demo_server):
    said = []
    for name in (demo_server.people["viewer"][0], "eikukaan"):
        page.goto("/")
        title(page, "fi").wait_for()
        fill_in(page, name, "väärä salasana tämä on")
        alert = page.get_by_test_id("stAlert")
        alert.wait_for()
        said.append(alert.inner_text())
    assert said[0] == said[1]
    assert said[0].startswith(start_of("sign_in.wrong"))


def test_signing_out_ends_every_copy_of_the_cookie(new_context, demo_server, signed_in):
    context = new_context()
    page = signed_in(context.new_page(), "office")
    copy = session_cookie(context, demo_server)
    other = new_context()
    other.add_cookies([{**copy}])
    thief = other.new_page()
    thief.goto("/")
    inside(thief).wait_for()  # while the session lives, a copy is as good

    press(page.get_by_role("button", name=fi("sign_in.sign_out")))
    title(page, "fi").wait_for()
    assert [c["name"] for c in context.cookies() if c["name"] == copy["name"]] == []

    thief.goto("/")
    title(thief, "fi").wait_for()
    assert inside(thief).count() == 0


def test_another_tab_is_signed_out_at_its_next_run(new_context, signed_in):
    context = new_context()
    first = signed_in(context.new_page(), "manager")
    second = context.new_page()
    second.goto("/")
    links = second.get_by_test_id("stSidebarNavLink")
    links.first.wait_for()
    press(first.get_by_role("button", name=fi("sign_in.sign_out")))
    title(first, "fi").wait_for()
    press(links.last)
    title(second, "fi").wait_for()


def test_a_ticket_of_another_browser_signs_nobody_in(new_context, demo_server):
    page = new_context().new_page()
    tickets = []

    def keep(route) -> None:
        tickets.append(route.request.url)
        route.fulfill(status=200, content_type="text/plain", body="stopped")

    page.route("**/sign-in/*", keep)
    page.goto("/")
    title(page, "fi").wait_for()
    fill_in(page, *demo_server.people["viewer"])
    page.get_by_text("stopped").wait_for()
    stranger = new_context().new_page()
    stranger.goto("/")
    title(stranger, "fi").wait_for()
    stranger.goto(tickets[0])
    title(stranger, "fi").wait_for()
    assert inside(stranger).count() == 0


@pytest.mark.parametrize("place", ["/media/0123.png", "/_stcore/metrics"])
def test_files_and_figures_need_a_session(page, demo_server, signed_in, place):
    assert httpx.get(demo_server.base + place).status_code == 403
    signed_in(page, "viewer")
    cookie = session_cookie(page.context, demo_server)
    with_session = httpx.get(demo_server.base + place, cookies={cookie["name"]: cookie["value"]})
    assert with_session.status_code in {200, 404}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_the_page_speaks_the_chosen_language(new_context, language, scheme):
    page = new_context(color_scheme=scheme).new_page()
    page.goto("/")
    title(page, "fi").wait_for()
    if language != "fi":
        press(page.get_by_role("radio", name=SWITCH[language]))
    expect(page.locator("html")).to_have_attribute("lang", language)
    title(page, language).wait_for()
    page.wait_for_timeout(500)  # the widgets fade in
    shot(page, f"sign_in_{language}_{scheme}")


def test_the_form_fits_a_telephone(new_context):
    page = new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2).new_page()
    page.goto("/")
    title(page, "fi").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.wait_for_timeout(500)  # the widgets fade in
    shot(page, "sign_in_fi_phone")


def test_nothing_draws_the_sign_in_page_anew_under_a_hand(page):
    """A component's answer would: a click that falls into that moment is lost."""
    page.goto("/")
    expect(page.get_by_test_id("stFormSubmitButton")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
