"""robots.txt as RFC 9309 has it, with its own examples."""

import tracemalloc
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from medea.modules.knowledge.crawling.robots import Robots

OF_THE_RFC = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


def allows(text: str, path: str, name: str = "Medea") -> bool:
    return Robots(text, name).allows(URL(f"https://example.com{path}", encoded=True))


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("otherbot", "/example/page.html", False),
        ("otherbot", "/publications/a.html", True),
        ("otherbot", "/picture.gif", False),
        ("otherbot", "/picture.gif?size=2", True),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("foobot", "/anything", False),
        ("FooBot", "/anything", False),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/other.html", True),
        ("quxbot", "/example/page.html", True),
    ],
)
def test_the_example_of_the_rfc(name: str, path: str, expected: bool) -> None:
    assert allows(OF_THE_RFC, path, name) is expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        # the longest decides, whichever comes first; of equals the one that allows
        ("User-agent: *\nAllow: /\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /public", "/public", True),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nDisallow: /a*/c$", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a*/c$", "/a/b/c/d", True),
        ("User-agent: *\nDisallow: /*?", "/search?q=1", False),
        ("User-agent: *\nDisallow: /*a*b*c*$", "/xaxbxc", False),
        ("User-agent: *\nDisallow: /ab*bc$", "/abc", True),
        ("User-agent: *\nDisallow: /fish$", "/fish", False),
        ("User-agent: *\nDisallow: /fish$", "/fishing", True),
        # one spelling of each character
        ("User-agent: *\nDisallow: /caf%c3%a9", "/caf%C3%A9", False),
        ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
        ("User-agent: *\nDisallow: /%7Eann", "/~ann", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: *\nDisallow: /price%24", "/price$", False),
        ("User-agent: *\nDisallow: /a$b", "/a$b/c", False),
        ("User-agent: *\nDisallow: /{id} of", "/%7Bid%7D%20of/x", False),
        # what belongs to whom
        ("User-agent: *\nDisallow: /\n\nUser-agent: Medea/9.9\nDisallow:", "/a", True),
        (
            "User-agent: medea\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: MEDEA\nDisallow: /b",
            "/b",
            False,
        ),
        ("User-agent: x\nSitemap: /s.xml\nUser-agent: Medea\nDisallow: /", "/a", False),
        ("\ufeffUser-agent: * # all\nDisallow: / # nothing", "/a", False),
        ("Disallow: /", "/a", True),
        ("<html>no robots here: at all</html>", "/a", True),
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_rules(text: str, path: str, expected: bool) -> None:
    assert allows(text, path) is expected


@given(st.text(max_size=300), st.text(alphabet="/abc*$%?=.2F", max_size=40))
def test_whatever_it_says_there_is_an_answer(text: str, path: str) -> None:
    assert allows(f"User-agent: *\nDisallow: {text}\n{text}", f"/{path}") in {True, False}


def test_many_stars_take_no_time_of_their_own() -> None:
    text = "User-agent: *\n" + "Disallow: /" + "*a" * 20_000 + "b$\n"
    assert allows(text, "/" + "a" * 2000)


NAMES = ["".join(letters) for letters in product("abcdefghijklmno", repeat=3)]


@pytest.mark.parametrize("agents", [NAMES, ["*"]], ids=["others", "everybody"])
def test_a_long_file_takes_no_more_room_than_its_text(agents: list[str]) -> None:
    """Such as one that names thousands of crawlers before thousands of rules: any site could fill a worker."""
    text = "".join(f"User-agent: {name}\n" for name in agents) + "".join(f"Disallow: /{name}\n" for name in NAMES)
    tracemalloc.start()
    robots = Robots(text, "Medea")
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert robots.allows(URL("https://example.com/abc")) is (agents != ["*"])
    assert (kept < 2 * len(text), most < 50 * len(text)) == (True, True), (kept, most, len(text))
