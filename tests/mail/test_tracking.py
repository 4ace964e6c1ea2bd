"""Links through the redirect (RULES B, MAIL T): what is rewritten, what never is."""

from outreach.mail.tracking import Link, wrap

UNSUBSCRIBE = "https://nordic.example/u/k7k2tq"


def led(url: str, index: int) -> str:
    return f"https://nordic.example/c/{index}?a=1&b=2"


def test_each_address_gets_one_number_in_both_parts() -> None:
    html = (
        '<a name="prices" href="https://x.example/prices?a=1&amp;b=2">Prices</a> <A HREF=\'https://x.example/\'>Home</A>'
        '<a href="https://x.example/prices?a=1&amp;b=2">again</a>'
    )
    text = "Prices: https://x.example/prices?a=1&b=2. See (https://x.example/other), too."
    tracked = wrap(html, text, led)
    assert tracked.links == (
        Link(0, "https://x.example/prices?a=1&b=2", "prices"),
        Link(1, "https://x.example/"),
        Link(2, "https://x.example/other"),
    )
    assert tracked.html.count('href="https://nordic.example/c/0?a=1&amp;b=2"') == 2
    assert tracked.text == (
        "Prices: https://nordic.example/c/0?a=1&b=2. See (https://nordic.example/c/2?a=1&b=2), too."
    )


def test_the_way_out_is_never_led_around() -> None:
    """U1, U8: marked links, known links, and the same address in the text."""
    html = (
        f'<a href="{UNSUBSCRIBE}" data-track="off">out</a><a class="button no-track" href="https://x.example/yes">yes</a>'
        '<a rel="no-track" href="https://x.example/no">no</a><a href="https://x.example/known">known</a>'
    )
    text = f"{UNSUBSCRIBE} https://x.example/yes https://x.example/known"
    tracked = wrap(html, text, led, skip=lambda url: url.endswith("/known"))
    assert (tracked.html, tracked.text, tracked.links) == (html, text, ())


def test_only_web_addresses_are_led() -> None:
    html = '<a href="mailto:a@b.example">m</a><a href="tel:+46">t</a><a href="#top">u</a><a name="x">a</a><img src="https://x.example/i">'
    assert wrap(html, "a@b.example", led).html == html


def test_a_pixel_stands_last_in_the_body_and_only_when_asked_for() -> None:
    """T1: off by default."""
    html = "<body><p>x</p></body></html>"
    assert wrap(html, "", led).html == html
    assert wrap(html, "", led, pixel="https://x.example/o?a=1&b=2").html == (
        '<body><p>x</p><img src="https://x.example/o?a=1&amp;b=2" width="1" height="1" alt="" '
        'style="display:block;border:0"></body></html>'
    )
