"""Which leads belong to one company (X6): by its record, else by the domain of their addresses. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FREE_MAIL = """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr
    hotmail.it hotmail.es live.com live.co.uk live.de live.fr live.nl msn.com passport.com windowslive.com yahoo.com
    yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.co.in yahoo.com.br yahoo.co.jp ymail.com
    rocketmail.com aol.com aol.de aim.com icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de
    t-online.de freenet.de arcor.de email.de mail.de posteo.de mailbox.org online.de proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com fastmail.com fastmail.fm hey.com zoho.com
    mail.com email.com usa.com mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru qq.com 163.com
    126.com sina.com sohu.com foxmail.com aliyun.com naver.com daum.net hanmail.net orange.fr wanadoo.fr free.fr
    laposte.net sfr.fr neuf.fr bbox.fr libero.it virgilio.it tiscali.it alice.it tin.it wp.pl o2.pl onet.pl
    interia.pl gazeta.pl seznam.cz email.cz centrum.cz post.cz abv.bg ukr.net i.ua bluewin.ch hispeed.ch sunrise.ch
    ziggo.nl kpnmail.nl xs4all.nl planet.nl home.nl telenet.be skynet.be proximus.be telia.com comhem.se bredband.net
    online.no hotmail.no hotmail.se hotmail.dk comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
    charter.net earthlink.net juno.com btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com
    bigpond.com optusnet.com.au rogers.com shaw.ca sympatico.ca telus.net uol.com.br bol.com.br terra.com.br ig.com.br
    rediffmail.com sapo.pt telefonica.net terra.es a1.net chello.at aon.at liwest.at pobox.com duck.com
    """
FREE_MAIL: Final = frozenset(_FREE_MAIL.split())
"""Domains whose addresses belong to people, not to a company."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """What tells the company of a lead: its record (in lower case) and the domain of its address; empty = unknown."""

    record: str = ""
    domain: str = ""

    @property
    def key(self) -> str:
        """One word for the company, to take places one after the other; empty when nothing is known."""
        return self.domain or self.record


def belonging(company: str, email: str) -> Belonging:
    """What a lead's company and address say. A free-mail domain says nothing."""
    domain = email.rpartition("@")[2].strip().lower()
    return Belonging(" ".join(company.split()).lower(), "" if domain in FREE_MAIL else domain)


def together(one: Belonging, other: Belonging) -> bool:
    """Whether two leads are of one company: by their records when both have one, else by domain."""
    if one.record and other.record:
        return one.record == other.record
    return bool(one.domain) and one.domain == other.domain
