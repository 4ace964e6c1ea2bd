"""Links through the redirect (RULES B, MAIL T): what is rewritten, what never is."""

from hypothesis import given
from hypothesis import strategies as st

from outreach.mail import plain, templating
from outreach.mail.tracking import Link, Pixel, wrap

UNSUBSCRIBE = "https://nordic.example/u/k7k2tq"


def led(link: Link) -> str:
    return f"https://nordic.example/c/{link.url.rpartition('/')[2].partition('?')[0]}?a=1&b=2"


def test_each_address_is_asked_for_once_for_both_parts() -> None:
    html = (
        '<a name="prices" href="https://x.example/prices?a=1&amp;b=2">Prices</a> <A HREF=\'https://x.example/\'>Home</A>'
        '<a href="https://x.example/prices?a=1&amp;b=2">again</a>'
    )
    text = "Prices: https://x.example/prices?a=1&b=2. See (https://x.example/other), too."
    asked: list[Link] = []
    shown, plain = wrap(html, text, lambda link: asked.append(link) or led(link))
    assert asked == [
        Link("https://x.example/prices?a=1&b=2", "prices"),
        Link("https://x.example/"),
        Link("https://x.example/other"),
    ]
    assert shown.count('href="https://nordic.example/c/prices?a=1&amp;b=2"') == 2
    assert plain == (
        "Prices: https://nordic.example/c/prices?a=1&b=2. See (https://nordic.example/c/other?a=1&b=2), too."
    )


def test_the_way_out_is_never_led_around() -> None:
    """U1, U8: marked links, known links, and the same address in the text."""
    html = (
        f'<a href="{UNSUBSCRIBE}" data-track="off">out</a><a class="button no-track" href="https://x.example/yes">yes</a>'
        '<a rel="no-track" href="https://x.example/no">no</a><a href="https://x.example/known">known</a>'
    )
    text = f"{UNSUBSCRIBE} https://x.example/yes https://x.example/known"
    assert wrap(html, text, led, skip=lambda url: url.endswith("/known")) == (html, text)


def test_only_web_addresses_are_led() -> None:
    html = '<a href="mailto:a@b.example">m</a><a href="tel:+46">t</a><a href="#top">u</a><a name="x">a</a><img src="https://x.example/i">'
    assert wrap(html, "a@b.example", led)[0] == html


def test_a_pixel_stands_last_in_the_body_and_only_when_asked_for() -> None:
    """T1: off by default; where it is, both parts say so, with the way to end it."""
    html = "<body><p>x</p></body></html>"
    assert wrap(html, "", led)[0] == html
    seen, text = wrap(html, "Hello\n", led, pixel=Pixel("https://x.example/o?a=1&b=2", "https://x.example/t/1"))
    assert seen.startswith("<body><p>x</p><p ")
    assert '<a href="https://x.example/t/1"' in seen
    assert seen.endswith(
        '<img src="https://x.example/o?a=1&amp;b=2" width="1" height="1" alt="" '
        'style="display:block;border:0"></body></html>'
    )
    assert text == "Hello\n\nWe can see that this letter was opened. Stop that: https://x.example/t/1\n"


ATOMS = (
    '<a href="https://x.example/fixed?a=1&amp;b=2" class="button">', '<a href="{{ url }}">', "</a>", "{{ name }}",
    '<A class="no-track" HREF=\'https://x.example/{{ name }}/offer\' name="{{ name }} x">', '<a title="{{ name }}"', ">",
    ' href="https://x.example/late">', "<a name={{ name }}>", '<a href="{{ nobody|default(\'https://x.example/d\') }}">', '"',
    "{% if city %}<a href='mailto:{{ name }}'>{% endif %}", "</body>", "<p>Words of the template, the same for everybody.</p>",
    '<a data-track="off" href="{{ url }}">', "<abbr>", "<", "<a", '<a href="HTTPS://x.example/upper" name="up &amp; away">',
)  # fmt: skip


@given(
    st.lists(st.sampled_from(ATOMS), max_size=8),
    st.sampled_from(["https://y.example/?a=1&b=2", "javascript:alert(1)", ' "><a href="https://evil.example/">', ""]),
    st.sampled_from(["Åsa", "a\x00b", "<b>", ""]),
    st.booleans(),
)
def test_a_template_is_led_as_its_letters_would_be(atoms: list[str], url: str, name: str, pixel: bool) -> None:
    """What is read from a template once is what reading each letter gives; only the template's own links are everybody's."""
    fields = {"url": url, "name": name, "city": "Lund"}
    source = "".join(atoms)
    gaps: list[str] = []
    letter = templating.render(source, fields, True, gaps)
    asked: list[list[Link]] = [[], []]
    image = Pixel("https://nordic.example/o/x.gif", "https://nordic.example/t/x") if pixel else None
    one, other = (
        wrap(html, "", lambda link, mine=mine: mine.append(link) or led(link), pixel=image)  # type: ignore[misc]
        for html, mine in zip((letter, str(letter).replace("\x00", "")), asked, strict=True)
    )
    assert str(one[0]).replace("\x00", "") == str(other[0])
    assert [link[:2] for link in asked[0]] == [link[:2] for link in asked[1]]
    assert all(link.url in source.replace("&amp;", "&") for link in asked[0] if link.common)
    assert not any(link.common for link in asked[1])


WORDS = (
    "Read https://x.example/fixed?a=1, then", "(https://x.example/{{ name }}).", "{{ url }}", "{{ name }}", "http", "s://v.example/x",
    "https://", "{{ city }}/more", "\"https://x.example/quoted\"", "<https://x.example/fixed?a=1>", "https://nordic.example/u/k7k2tq",
    "{{ nobody|default('https://x.example/d') }}", "{% if city %}In https://x.example/{{ city }}{% endif %}", "x", "100 % {{ name }}",
)  # fmt: skip
GAPS = ("", " ", "\n", "  \n\n\n", "\t")


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=8),
    st.sampled_from(["https://y.example/?a=1&b=2", "see https://y.example/1 and\nhttps://y.example/2.", " ", "a\x00b"]),
    st.sampled_from(["Åsa", "a\x00b", "two\nlines", " edges ", "https://z.example/"]),
)
def test_a_text_part_is_led_and_tidied_as_each_letter_would_be(
    parts: list[tuple[str, str]], url: str, name: str
) -> None:
    """What is read from a template once is what reading each letter gives, wherever an address begins and ends."""
    source = "".join(word + gap for word, gap in parts)
    gaps: list[str] = []
    letter = templating.render(source, {"url": url, "name": name, "city": "Lund"}, False, gaps)
    asked: list[list[Link]] = [[], []]
    done = []
    for text, mine in zip((letter, str(letter)), asked, strict=True):
        tidied = plain.tidy(text)
        assert tidied == plain.tidy(str(letter))
        html = '<a data-track="off" href="https://x.example/quoted">'
        done.append(
            wrap(html, tidied, lambda link, mine=mine: mine.append(link) or led(link), skip=UNSUBSCRIBE.__eq__)[1]
        )  # type: ignore[misc]
    assert str(done[0]) == str(done[1])
    assert [link[:2] for link in asked[0]] == [link[:2] for link in asked[1]]
    for link in asked[0]:
        assert not (
            link.common and any(word in link.url for word in ("y.example", "z.example", "Lund", "Åsa", "edges"))
        )
    assert not any(link.common for link in asked[1])
