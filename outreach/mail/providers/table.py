"""What we know of each provider: servers, the kind of login, who signs, and what its DNS records look like."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """One row. Hosts may hold `{region}`; `smtp_user` is fixed when the provider gives everybody the same."""

    key: str
    name: str
    words: str
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_scheme: str = "smtp+starttls"
    smtp_user: str = ""
    user_words: str = "User name, usually the whole address"
    login_words: str = ""
    imap_host: str = ""
    oauth: str = ""
    """`google` or `microsoft`: signing in there instead of a password."""
    spf: str = ""
    """The include that its SPF needs; empty: it signs with an envelope domain of its own, SPF needs nothing of us."""
    selectors: tuple[str, ...] = ()
    """DKIM selectors that it is known to use."""
    dkim_words: str = ""
    signs: bool = True
    """It signs by itself and may change headers on the way: our own key is not used."""
    hooks: bool = False
    own_inbox: bool = True
    """It keeps an inbox that IMAP reads; else replies need a mailbox elsewhere, a webhook or our reply server."""
    regions: tuple[str, ...] = ()


PROVIDERS = (
    Provider(
        "google", "Google Workspace", "Gmail for companies. Sign in with Google, or use an app password.",
        "smtp.gmail.com", imap_host="imap.gmail.com", oauth="google",
        login_words="App password (16 letters; the account needs 2-step verification)",
        spf="_spf.google.com", selectors=("google",),
        dkim_words="Admin console > Apps > Gmail > Authenticate email: make the key there and publish it.",
    ),
    Provider(
        "microsoft", "Microsoft 365", "Outlook for companies. Sign in with Microsoft.",
        "smtp.office365.com", imap_host="outlook.office365.com", oauth="microsoft",
        login_words="Password (Microsoft refuses passwords for reading mail; sign in with Microsoft instead)",
        spf="spf.protection.outlook.com", selectors=("selector1", "selector2"),
        dkim_words="Defender portal > Email authentication settings > DKIM: switch it on for the domain; it shows two CNAMEs.",
    ),
    Provider(
        "generic", "Another mail server", "Any provider or server of your own that speaks SMTP and IMAP.",
        signs=False,
    ),
    Provider(
        "ses", "Amazon SES", "Sends only. Reports come by webhook (SNS).",
        "email-smtp.{region}.amazonaws.com", user_words="SMTP user name (from “SMTP settings”, not an access key)",
        login_words="SMTP password (made together with the user name)", spf="amazonses.com", own_inbox=False,
        hooks=True, regions=("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1",
                             "eu-north-1", "ap-southeast-2", "ap-northeast-1", "ca-central-1"),
        dkim_words="SES console > Identities > the domain > DKIM: publish the three CNAMEs that it shows. "
        "Set a custom MAIL FROM domain too, else SPF is not aligned.",
    ),
    Provider(
        "postmark", "Postmark", "Sends only. Reports and replies come by webhook.",
        "smtp.postmarkapp.com", user_words="Server API token", login_words="Server API token, once more",
        own_inbox=False, hooks=True,
        dkim_words="Sender Signatures > the domain > DNS settings: publish the DKIM record and the Return-Path CNAME.",
    ),
    Provider(
        "sendgrid", "SendGrid", "Sends only. Reports and replies come by webhook.",
        "smtp.sendgrid.net", smtp_user="apikey", user_words="Always the word apikey",
        login_words="API key (begins with SG., needs the permission Mail Send)", selectors=("s1", "s2"),
        own_inbox=False, hooks=True,
        dkim_words="Settings > Sender Authentication > Authenticate your domain: publish the three CNAMEs that it shows.",
    ),
    Provider(
        "mailgun", "Mailgun", "Sends only. Reports and replies come by webhook.",
        "smtp.mailgun.org", user_words="SMTP login of the domain (postmaster@your-domain)",
        login_words="SMTP password of that login", spf="mailgun.org", selectors=("pic", "mx", "k1", "smtp", "mailo"),
        own_inbox=False, hooks=True, regions=("", "eu"),
        dkim_words="Sending > Domain settings > DNS records: publish what it shows.",
    ),
    Provider(
        "brevo", "Brevo", "Sends only. Reports and replies come by webhook.",
        "smtp-relay.brevo.com", user_words="SMTP login (SMTP & API > SMTP)", login_words="SMTP key (not the API key)",
        spf="spf.brevo.com", selectors=("brevo1", "brevo2", "mail"), own_inbox=False, hooks=True,
        dkim_words="Senders, domains & dedicated IPs > Domains > Authenticate: publish what it shows.",
    ),
)  # fmt: skip
BY_KEY = {provider.key: provider for provider in PROVIDERS}


def of(key: str) -> Provider:
    """The row of a provider; mailboxes without one are generic."""
    return BY_KEY.get(key, BY_KEY["generic"])


def at(host: str) -> Provider:
    """The provider whose sending server this is, whoever typed it in; generic for all others."""
    ends = ((row, ".".join(row.smtp_host.split(".")[-2:])) for row in PROVIDERS if row.smtp_host)
    return next((row for row, end in ends if host.lower().endswith("." + end)), BY_KEY["generic"])


def smtp_host(provider: Provider, region: str) -> str:
    """The host of a region; Mailgun's European one has a name of its own."""
    if provider.key == "mailgun":
        return "smtp.eu.mailgun.org" if region == "eu" else provider.smtp_host
    return provider.smtp_host.replace("{region}", region)


def own_headers(key: str, token: str) -> bytes:
    """Headers that make a provider's webhooks name our letter; empty for those that keep our Message-ID by themselves."""
    if key == "postmark":
        return f"X-PM-Metadata-outreach: {token}\r\nX-PM-KeepID: true\r\n".encode()
    if key == "brevo":
        return f"X-Mailin-custom: {token}\r\n".encode()
    return b""
