"""What mail servers say when they refuse a letter: one table for each thing that it can mean.

The words are matched in lower case with one space between them.  Which table counts when is decided in ``core.bounces``.
"""

import re
from typing import Final


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


MAILBOX_FULL: Final = _words(
    r"(?:mail ?box|inbox|account|mail ?drop|mail ?folder|maildir) (?:<\S{1,200}> )?(?:is |has been |"
    r"of .{0,80} is )?(?:currently )?(?:\w+ )?full",
    r"full mail ?box",
    r"quota.{0,40}(?:exceed|full|reach|exhaust|limit|violat)",
    r"(?:exceed|over|out of|beyond|above|exhausted|reached)\S*.{0,40}\bquota",
    r"quotaexceeded",
    r"over ?quota",
    r"(?:exceed|over)\S* .{0,30}(?:storage|disk|mail ?box size|mail ?box space|maximum allowed (?:mail|space|disk))",
    r"insufficient (?:system )?(?:storage|disk|space)",
    r"(?:not enough|no|out of|insufficient) (?:free )?(?:disk |storage |mailbox )*space",
    r"storage (?:space )?(?:is )?(?:full|exceeded|limit)",
    r"(?:mail ?box|inbox).{0,30}(?:size|storage|limit).{0,20}exceed",
    r"too many messages (?:on|in) (?:this|the|your)",
    r"user is over the",
    r"enough space|exceeded the local limit|disk ?quota|space has been used up|too much mail data",
    r"recipient'?s? (?:mail ?box|inbox) is full",
    r"postfach.{0,20}(?:voll|überfüllt)",
    r"bo[iî]te.{0,30}pleine",
    r"buz[oó]n.{0,30}llen[oa]",
    r"casella.{0,40}piena",
    r"容量|メールボックス.{0,20}(?:いっぱい|満杯|超過)|郵便受け|空间不足|邮箱.{0,10}满",
    r"ящик.{0,20}(?:переполнен|заполнен)",
)

TOO_LARGE: Final = _words(
    r"message (?:size )?(?:is )?too (?:large|big|long)",
    r"(?:message|mail|body|content|attachment)s?.{0,20} (?:size|length) .{0,40}(?:exceed|too|limit)",
    r"(?:exceeds|larger than|above|over) .{0,40}(?:maximum|fixed|size|message|limit).{0,20}(?:size|length|limit)",
    r"message length exceeds|larger than the .{0,30}limit",
    r"size limit exceeded|message size exceed",
    r"max(?:imum)? (?:inbound )?message size|line limit exceeded|message file too big|\bsize limit\b|taille limite",
    r"system\(\) message size",
    r"msg too (?:big|large)",
)

TEMPORARY_NAME: Final = _words(
    r"host not found, try again",
    r"temporary (?:name|dns|lookup|resolution)",
    r"server failure|servfail",
    r"malformed or unexpected name server reply",
    r"no data, try again",
    r"name server (?:timeout|timed out|failure)",
    r"dns (?:query|lookup|server) (?:failed|failure|timeout|timed out|error|returned answer with no data)",
    r"(?:mx|dns|domain name) (?:lookup|resolution) (?:failed|failure|timed out)",
)

NO_DOMAIN: Final = _words(
    r"host or domain name not found",
    r"(?:domain|host)(?: name)?[^:]{0,80} (?:not found|does(?: not|n't) exist|can(?:not|'t) be (?:found|resolved))",
    r"(?:destination |recipient )?(?:domain|host) (?:is )?(?:not found|unknown|invalid|nonexistent|non-existent)",
    r"nxdomain",
    r"name or service not known",
    r"no such (?:domain|host)|domain name \([^)]{3,200}\) does not appear to be registered",
    r"nonexist\w+ domain|non-existent (?:domain|host)",
    r"unknown (?:host|domain|mail domain|destination host)",
    r"unrouteable (?:mail )?domain",
    r"(?:invalid|illegal|bad) (?:domain|host)(?: name)?\b",
    r"bad destination (?:host|system)",
    r"dns hard error|couldn't find a mail exchanger|because the domain is not reachable",
    r"couldn'?t find any host (?:named|by that name)",
    r"can(?:not|'t) find (?:the )?(?:a )?(?:domain|host)",
    r"does not accept (?:e?-?mail|messages?) \(?null ?mx|null ?mx|nullmx",
    r"domain .{0,60}(?:has no|without|have no|no valid).{0,20}(?:mx|mail exchange)",
    r"all relevant mx records point to non-?existent hosts",
    r"mail domain mentioned in email address is unknown",
    r"(?:host|domain|host/domain) (?:\S{1,200} )?does not accept (?:e-?)?mail|no mx record found|"
    r"(?:recipient )?domain must exist",
    r"mx (?:record|list).{0,40}(?:non-?existent|not exist|not found|empty)",
    r"ドメイン.{0,20}(?:存在|見つか)|域名不存在|домен.{0,20}не (?:найден|существует)",
    r"unable to (?:resolve|lookup) (?:host|domain|destination)",
    r"unable to resolve .{0,60}(?:domain|host)",
)

# Whom a server speaks of, and what it says of them, in some twenty languages; either may come first.
WHO: Final = (
    r"addressee|adressat|empf(?:[aä]|ae)nger|benutzer|nutzer|teilnehmer|postfach|mailadresse|e-mail-adresse|adresse|konto|"
    r"destinataire|utilisateur|bo[iî]te|compte|"
    r"usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta|casilla|utente|indirizzo|casella|usu[aá]rio|destinat[aá]rio|endere[cç]o|"
    r"conta\b|caixa|gebruiker|ontvanger|geadresseerde|adres|postvak|mailbox|"
    r"bruger|modtager|adress|postkasse|anv[äa]ndar|mottagar|bruker|mottaker|postboks|notandi|vi[ðd]takandi|"
    r"k[äa]ytt[äa]j[äa]|vastaanottaja|osoite|postilaatikko|kasutaja|saaja|lietot[āa]j|adres[āa]t|vartotoj|gav[ėe]j|"
    r"u[žz]ivatel|pou[žz][íi]vate[ľl]|p[řr][íi]jemce|pr[íi]jemca|u[żz]ytkownik|odbiorc|adresat|skrzynk|schr[áa]nk|korisnik|uporabnik|"
    r"primatelj|prejemnik|felhaszn[áa]l[óo]|c[íi]mzett|postafi[óo]k|utilizator|destinatar|c[ăa]su[țt]|"
    r"kullan[ıi]c[ıi]|al[ıi]c[ıi]|χρήστη|παραλήπτη|διεύθυνση|"
    r"пользовател|получател|адрес|ящик|користувач|одержувач|отримувач|скриньк|потребител|корисник|прималац"
)
IS_NOT: Final = (
    r"unbekannt|nicht (?:gefunden|bekannt)|existiert nicht|nicht vorhanden|gibt es nicht|ungültig|inconnue?|inexistant|"
    r"n'existe (?:pas|plus)|"
    r"invalide|introuvable|desconocid[oa]|errat[oa]\b|ha expirado|no existe|ine[xs]istente|no (?:se ha )?encontrad[oa]|inv[aá]lid[oa]|"
    r"sconosciut[oa]|non esiste|non (?:[èe] stat[oa] )?trovat[oa]|desconhecid[oa]|n[aã]o existe|n[aã]o (?:foi )?encontrad[oa]|"
    r"onbekend|bestaat niet|"
    r"niet gevonden|findes ikke|finnes ikke|finns (?:inte|ej)|eksisterer ikke|existerar inte|ukendt|ukjent|ok[äa]nd|"
    r"ikke fundet|ikke funnet|hittades inte|ekki til|[óo][þt]ekkt|ei ole olemassa|tuntematon|ei l[öo]ydy|ei leitud|tundmatu|"
    r"nezin[āa]m|nav atrast|ne[žz]inom|nerast|nie istnieje|nieznan[yae]|nie znaleziono|neexistuje|nezn[áa]m[yýáaieé]|nenalezen|"
    r"nebol n[áa]jden|nepoznat|ne postoji|ne obstaja|nem l[ée]tezik|ismeretlen|nem tal[áa]lhat[óo]|nu exist[ăa]|necunoscut|"
    r"inexistent|nu a fost g[ăa]sit|bulunamad[ıi]|mevcut de[ğg]il|bilinmiyor|bilinmeyen|yok\b|άγνωστ|δεν υπάρχει|δεν βρέθηκε|"
    r"не (?:был )?найден|не существует|неизвест|недоступ|не знайден|не існує|невідом|не е намерен|не съществува|непознат|не постоји"
)
OUR_SIDE: Final = (
    r"absender|exp[ée]diteur|remitente|mittente|remetente|afzender|"
    r"adres\w* ip|ip[- ]?adres\w*|direcci[oó]n ip|indirizzo ip|endere[cç]o ip|avs[äa]ndar|afsender|"
    r"avsender|l[äa]hett[äa]j|nadawc|odes[íi]latel|"
    r"odosielate|felad[óo]|expeditor|g[öo]nderen|αποστολέ|отправител|відправник|подател|送信者|发件人|發件人|보낸 ?사람"
)

NO_USER: Final = _words(
    r"(?:no|not) such (?:a )?(?:user|recipient|mail ?box|mail ?drop|address|person|account|addressee|alias|email|local|"
    r"customer|subscriber)",
    r"no ?(?:one|body) (?:here )?(?:with|by|has|under) (?:that|this)(?: \S+){0,2}|not a member of (?:the |this )?domain|"
    r"does(?: not|n't) have an? (?:e-?mail |mail ?)?(?:account|mail ?box|address)|"
    r"(?:user|recipient) <?\S{3,200}>? not ok\b|does(?: not|n't) handle mail for (?:that|this) (?:user|address)",
    r"no (?:mail ?box|account|user|recipient|address|mail ?drop)s? (?:here|found|by that|with that|with this|exists|"
    r"for|named)",
    r"no mail ?box\b",
    r"(?:user|recipient|mail ?box|address(?:ee)?|account|e-?mail|alias|login|inbox|person|name|"
    r"destination)s?(?: name| account| id| address)?"
    r"[\"'<>()\[\]:\w@.+= -]{0,100}? (?:is |was |are |has |could )?(?:not (?:be )?(?:found|located|exist|known|valid|"
    r"listed|recogni[sz]ed|local|registered)"
    r"|unknown|invalid|nonexistent|non-existent|undeliverable)\b",
    r"(?:user|recipient|mail ?box|address|account|e-?mail|alias|inbox)[\"'<>()\[\]:\w@.+= -]{0,100}? (?:does(?: not|"
    r"n'?t)|do not|did not|don't) (?:seem to )?exist",
    r"(?:couldn'?t|wasn'?t|could not|was not|can(?:not|'t)|unable to) (?:be )?(?:find|found|"
    r"locate[d]?)[^.]{0,40}(?:recipient|user|mail ?box|address)",
    r"(?:couldn'?t|wasn'?t|could not|was not) (?:be )?found at [\w.-]+\.[a-z]{2,}",
    r"wasn'?t found at|couldn'?t be found",
    r"the email account that you tried to reach does not exist",
    r"unknown (?:e-?mail |local |smtp )?(?:user|recipient|address(?:ee)?|mail ?box|account|local[ -]part|login|alias)",
    r"(?<!too many )(?:unknown|invalid|bad|illegal|incorrect|nonexistent|non-existent|undeliverable|unrouteable|unroutable|"
    r"undefined|wrong) "
    r"(?:final |e-?mail |destination |delivery |rcpt |smtp |local |mail |recipient )*(?:recipient|user|mail ?box|"
    r"address(?:ee)?|account|name|rcpt|local[ -]?part|forward-?path)(?!e?s? format)",
    r"recipnotfound|exrecipnotfound|recipientnotfound|resolver\.adr\.(?!ambiguous|badprimary)",
    r"(?:recipient|user|address) not found|not found in (?:directory|the directory|ldap|our)",
    r"not listed in (?:the )?(?:domino|public|name|address|notes)",
    r"not (?:a )?(?:valid|known|local|our|legitimate|active|current|existing) (?:e-?mail |local )?(?:user|recipient|"
    r"address|mail ?box|account|customer|subscriber|member)",
    r"is not (?:a )?(?:known|valid|listed|defined|registered)\b",
    r"(?:user|account|recipient|address|mail ?box|person|customer|e-?mail|he|she|they|employee)[^.;]{0,80}(?:is |"
    r"has |was |are )?no longer (?:\w+ ){0,3}"
    r"(?:valid|available|active|in use|used|exists?|here|works?|working|employed|monitored|accepts?|with us|"
    r"on (?:this )?server|at this|receiv|maintained|part of|supported|a customer)",
    r"this (?:user|address|account) (?:no longer|doesn'?t have|does not have)",
    r"doesn'?t have an? [\w.]+ account|(?:user|recipient|address) (?:\S{1,200} )?does(?: not|n't) have",
    r"(?:user|recipient|account|address|mail ?box|customer)[^.;]{0,60} (?:closed|deleted|cancel?led) (?:his|her|their|the) "
    r"(?:account|mail ?box)|(?:address|recipient|user|rcpt|mail ?box|account)[^.;:]{0,40} can(?:not|'t| not) be (?:found|located)|"
    r"[\w.+-]{1,64}@[\w.-]{3,200}>? (?:is )?unknown\b(?! (?:sender|host))|"
    r"(?:mail ?box|account|user|recipient|address)(?: <?[^\s<>]{3,200}@[^\s<>]{3,200}>?)? (?:has been |was |is )?(?:permanently )?"
    r"(?:deleted|removed|closed|terminated|cancel?led|"
    r"discontinued|expired|purged|deactivated permanently)",
    r"(?:user|account|address|person|employee|colleague) .{0,60}has (?:left|moved)\b|expired (?:e-?mail )?(?:account|mail ?box)",
    r"(?:user|recipient).{0,40}(?:moved|has changed)|has been replaced by|mail ?box not present|account (?:unavailable|not available)|"
    r"destin\. sconosciut|"
    r"destination server rejected recipients",
    r"mail ?box unavailable|mail ?box not (?:found|available|exist)|mail ?box unknown|mail ?box name not allowed|"
    r"mail ?box .{0,80}does not exist",
    rf"(?:{WHO})\w*(?:[^.]|\.(?=\S)){{0,60}}(?:{IS_NOT}|нет\b|нема\b|няма\b)|(?:{IS_NOT})[^.]{{0,20}}\b(?:{WHO})",
    r"nie ma takiego (?:u[żz]ytkownika|adresu|konta)|(?:нет|немає|няма) так\w+ (?:пользовател|користувач|адрес|ящик|потребител)\w*",
    r"(?:用户|用戶|账户|帳戶|邮箱|郵箱|地址|收件人)[^。.]{0,20}(?:不存在|未找到|找不到|无效|無效)|用户不存在|用戶不存在|收件人.{0,20}不存在|邮箱.{0,10}不存在|无此用户|帐号不存在|該當郵箱不存在|(?:不存在|无效)的?(?:用户|邮箱|地址|收件人)|地址不存在|账号不存在|找不到(?:收件人|用户)",
    r"(?:ユーザー?|宛先|メールアドレス|アドレス|受信者).{0,30}(?:存在し|見つか|ありません|不明|間違)|あて先不明|宛先不明|ご確認ください.{0,20}メールアドレス",
    r"(?:사용자|수신자|메일주소|계정).{0,20}(?:존재하지|없)|존재하지 않는 (?:사용자|수신자|메일주소|계정)",
    r"addressee unknown|unknown addressee|bad address syntax|bad destination mailbox",
    r"(?<!too many )in(?:valid|correct|existent) (?:mailbox|recipient|user|address)",
    r"not our customer|no such address|address unknown|recipient unknown|user unknown|user invalid|user not known|"
    r"user doesn'?t exist",
    r"user .{0,80}not (?:exist|found|known)|sorry, no mailbox here",
    r"recipient (?:address )?rejected: (?:user|unknown|undeliverable|no such|invalid|address)",
    r"#5\.1\.0 address rejected|sender is unauthorized to send to",
    r"address(?:ee)? (?:is )?(?:incorrect|misspelled|obsolete|not (?:active|in use))|"
    r"check the (?:spelling of the )?(?:recipient|address|e-?mail)",
    r"mailbox.{0,30}retired|relocated|bad recipient",
    r"no matches to nameserver query|(?:is )?not (?:handled|hosted|in) here|recipient .{0,60}must be (?:a )?valid",
    r"unable to (?:verify|deliver to) (?:user|recipient|destination address)",
    r"cuda_nsu|#102\b.*no such|recipient verify failed|callout verification failed|verification failed for <",
    r"undeliverable address|address not exist|can(?:not|'t) verify (?:user|address|recipient)",
    r"user (?:is )?unknow|unknown in (?:virtual|local|relay) ",
    r"not an active address|address not present|not present in (?:the )?directory|archived recipient|bad[ _-]?recipient|"
    r"bad[ _-]?rcpt|no valid recipients?(?! from)|there is no ?one at this address|vdeliver: |user missing home",
    r"envelope recipient (?:is in my|has been denied)|recipient is (?:in my bad|not in my valid)|"
    r"not in my (?:list of )?(?:allowed |valid)rcpt|recipient not ok|can(?:not|'t) accept (?:user|recipient)",
    r"répertorié dans l'annuaire|ディレクトリ(?:のリスト)?に(?:は見つかり|あり)ません",
    r"account does not exist|in name directory|nessun utente|utente non trovat|"
    r"unbekannte[rs]? (?:empf(?:[äa]|ae)nger|benutzer|adresse)|"
    r"no existe (?:ese|dicha|el|la)|mail ?box (?:\S{1,200} )?(?:is )?unavailable(?! or)|"
    r"\b55[03] (?:5\.\d\.\d )?<?[^\s<>]{3,200}>?:? does not exist",
    r"<[^<>\s]{3,300}>:? does not exist\.|(?:recipient|user|rcpt) (?:\S{1,200} )?does not exist",
)

DISABLED: Final = _words(
    r"(?:account|mail ?box|user|recipient|address)[^.;]{0,60}(?:is |has been |was |are )?(?:temporarily |currently |"
    r"administratively )*"
    r"(?:disabled|inactive|suspended|locked|blocked due to inactivity|frozen|deactivated|not active|not accepting|"
    r"restricted|on hold|not activated|passive)",
    r"mail ?box unavailable or access denied|deactivated (?:user|account|mail ?box)",
    r"\b(?:is|been) (?:currently )?suspended|recipient suspend|temporar\w+ locked|destinataire archiv",
    r"inactive (?:user|account|mail ?box)|disabled (?:user|account|mail ?box)|suspended (?:user|account|mail ?box)",
    r"not accepting (?:any )?(?:mail|messages)|recipient preferences|preferences of the recipient|user rules|user reject|"
    r"(?:blocked|refused) by the recipient|only accept(?:s|ing) (?:mail|messages) from",
    r"receiving mail (?:too quickly|at a rate)",
)

# The reason behind a colon outweighs the summary before it ("invalid mailbox: ... account is disabled").
DISABLED_AT_LAST: Final = _words(
    r": (?:the |this )?(?:user|account|mail ?box|address) (?:is |has been |was )?(?:temporarily |currently )?"
    r"(?:disabled|suspended|inactive|locked|blocked|frozen)\b",
)

# What we did, said in words that sound as if nobody were there; matter of both tables below.
ABOUT_US: Final = (
    r"(?:too many|excessive|so many) (?:\w+ ){0,2}(?:unknown|invalid|bad|wrong) ?(?:\w+ ){0,2}(?:user|recipient|address|rcpt)|"
    r"excessive (?:user|userid|recipient)s? unknown|forgery|due to abuse|(?:must|have to) (?:first )?(?:log ?in|authenticate)",
    r"(?:verify|check|validate) (?:the |your )?sender",
    rf"(?:{OUR_SIDE})\w*[^.]{{0,60}}(?:{IS_NOT})|(?:{IS_NOT})[^.]{{0,20}}(?:{OUR_SIDE})",
)

POLICY: Final = _words(
    *ABOUT_US,
    r"\bspam|spammer|unsolicited|\bjunk\b|bulk mail|phish",
    r"black ?list|block ?list|\brbl\b|dnsbl|spamhaus|spamcop|barracuda|sorbs|surbl|cloudmark|proofpoint|senderbase|"
    r"uceprotect|sender ?score|reputation",
    r"(?:ip|host|address|domain|sender|server|message|client|you are|you have been|has been|was|is|"
    r"been) (?:\S+ ){0,3}(?:blocked|banned|denied access)",
    r"blocked (?:by|using|due|because|for|from|-|at)|block listed|blocked\.$|:blocked\)",
    r"\bpolicy\b|policies|administrative prohibition|administratively (?:denied|prohibited)|prohibited",
    r"\bspf\b|\bdkim\b|\bdmarc\b|domainkeys|sender id\b|sender policy|unauthenticated|authenticat(?:ion|ed?)",
    r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed)|prohibited|forbidden|disallowed)|"
    r"(?:unable|not (?:allowed|permitted|authori[sz]ed)|refus\w+|open) (?:to )?relay"
    r"|not (?:permitted|allowed) to relay|we do not relay|cannot relay|relay restriction|no relaying|relay(?:ing)? for",
    r"access (?:is )?(?:denied|rejected|restricted)|not authori[sz]ed|unauthori[sz]ed|permission|not allowed to send|"
    r"not permitted to send|authori[sz]ation",
    r"reverse (?:dns|lookup|hostname|ip)|\bptr\b|\brdns\b|cannot find your (?:reverse )?host|\bhelo\b|\behlo\b",
    r"too many (?:messages|connections|recipients|sessions|errors|mails|invalid|emails)|rate limit|throttl|"
    r"sending (?:limit|rate|quota)|limit exceeded for|exceeded .{0,40}(?:rate|per hour|per day|sending)",
    r"(?<!anti-)(?<!anti)virus|malware|malicious|infected|content (?:rejected|filter|blocked|restriction|not accepted)|"
    r"message (?:content|rejected|refused|filtered|contains|was considered)"
    r"|(?:rejected|blocked) (?:by|because of|due to) (?:the )?(?:content|header|rule|our|filter|policy|security|"
    r"attachment)|attachment|suspicious|bad header|banned",
    r"sender (?:address )?(?:rejected|denied|verify failed|verification|not allowed|is not|domain|unknown|refused|"
    r"invalid)|(?:invalid|bad|unknown) sender|envelope sender|mail from",
    r"not rfc ?\d+ compliant|5322|duplicate header|missing (?:date|from|message-id|header)",
    r"requires? (?:tls|starttls|authentication|encryption)|must issue a starttls|starttls",
    r"refused by (?:the )?(?:recipient|system|filter)|rejected for policy|local policy|security reasons|"
    r"not accepted from|do not accept mail from|don't accept mail from|will not accept (?:mail|e-?mail) from",
    r"(?:mail|message|content|e-?mail)(?: data)?(?: \S+)? (?:is )?(?:rejected?|denied|refused)\b(?! recipient)|verify mail ?from|"
    r"mismatche?[sd]|frequency limited|rtr:|sender is rejected|mime/reject|sender e-?mail|frequency limit|blocklist(?:ed)?\b",
    r"transaction failed.{0,40}(?:spam|content)|high(?:er)? than normal|complaints?|prevents? delivery|cyrus error|"
    r"dynamic (?:ip|address)",
)

TEMPORARY: Final = _words(
    r"grey-?list|gray-?list|grey ?listed",
    r"temporar|transient|try (?:again|later)|retry (?:later|timeout)|retry time not reached|retries? (?:expired|"
    r"exceeded)|please retry",
    r"expired|time(?:d)?[ -]?out|too (?:long|old)|in (?:the )?queue (?:too|for)|delivery time|"
    r"for (?:more than )?\d+ (?:hours?|days?)|attempts? (?:failed|exceeded)|maximum (?:hop|retr|attempts|time)",
    r"connection (?:refused|reset|timed out|lost|dropped|closed|failed|dead|broken|could not)|could(?:n't|"
    r" not) (?:establish|connect|open)|unreachable|no route to host|no answer from host|refused to talk|"
    r"lost connection|unable to connect|can(?:not|'t) connect|failed to connect|not connect|network|not respond|"
    r"no response",
    r"loop|too many hops|hop count|circular|mail forwarding",
    r"defer|delayed|service (?:is )?(?:not available|unavailable)|server (?:is )?(?:busy|down|unavailable|error|"
    r"configuration)|system (?:not accepting|error|problem|resources)|overload|high load|resources|local (?:error|"
    r"configuration|problem)|internal (?:server )?error|out of memory|i/o error|can't create (?:output|transcript)|"
    r"lock",
    r"unverified|could not be verified|cannot verify|problem with the recipient",
)

NOT_THERE: Final = _words(
    r"unknown|no such|not exist|n't exist|not found|no longer|invalid|expired (?:e-?mail )?(?:account|mail ?box)"
)

STRONG_POLICY: Final = _words(
    r"spamhaus|spamcop|black ?list|block ?list|dnsbl|\brbl\b|\bspf\b|\bdkim\b|\bdmarc\b|unsolicited|\bspam\b|"
    r"reverse dns|\bptr\b|reputation|"
    r"sender (?:address )?rejected|sender verify|(?<!anti-)(?<!anti)virus|malware|too many (?:messages|connections|mails)|"
    r"rate limit|throttl",
    r"relay(?:ing)? (?:access )?(?:denied|not permitted|mail to)|\b(?:to|mail|open|as a|for) relay\b|relay mail|to relay|"
    r"allowed rcpthosts?|not a gateway|not (?:a )?local host|don't handle mail|requires authentication|"
    r"(?:sender|sending|your) ip|ip address\b.{0,40}(?:blocked|rejected)",
)

# The server that writes the report looked the address up itself: no later command was involved.
LOOKED_UP: Final = _words(
    r"not listed in (?:the )?(?:domino|public|name|address|notes)|répertorié dans l'annuaire",
    r"ディレクトリ(?:のリスト)?に(?:は見つかり|あり)ません",
    r"\(000c05a6\)|recipient name is not recogni[sz]ed|resolver\.adr\.\w*recip\w*notfound",
    r"unrout(?:e)?able address|unknown local-part",
    r"(?:^|mail\.local: )(?:unknown user|invalid final delivery userid):|unknown user: ?\"|\((?:user unknown|unknown user)\b",
    r"address (?:couldn't|wasn't|could not|was not) (?:be )?found|wasn't found at [\w.-]+",
    r"attempted recipient address does not exist|has been replaced by|no valid recipients for this mm",
    r"local module\(account .{1,80}\) reports: account does not exist",
)

# Which SMTP command was refused, in the words of the families of servers; the first that stands in a text counts.
_SENT: Final = r"(?:>>>|-->|sent <<<) ?"
_REFUSED: Final = r"\b(?:(?!>>>|<<<|-->|<--).){0,330}(?:>>>|<<<|<--) ?[45]\d\d"
STAGES: Final = _words(
    r"(?P<rcpt>in reply to (?:the )?rcpt|(?:after|for|following|during|in) (?:the )?rcpt\b|\[rcpt_to\]|smtp command -*\s*rcpt"
    rf"|{_SENT}rcpt to{_REFUSED}|does not like recipient|did not like our rcpt|most progress was rcpt|smtp:rcpt|\(state 14\))",
    r"(?P<data>in reply to (?:the )?(?:end of )?data|after (?:the )?(?:end of )?(?:data|message)\b|end of data\b"
    rf"|{_SENT}data{_REFUSED}|\[(?:data|body|eod)\]|failed (?:after i sent the message|on data command)"
    r"|did not like our (?:final )?data|smtp command -*\s*data|smtp:data"
    r"|\(state 1[578]\))",
    r"(?P<mail>in reply to (?:the )?mail from|(?:after|for|following|during) (?:the )?mail from|\[mail_from\]"
    rf"|{_SENT}mail from{_REFUSED}|sender was rejected|did not like our mail|smtp command -*\s*mail|smtp:mail)",
)
AT_RECIPIENT: Final = _words(r"recipient (?:address )?rejected|rejected (?:the )?(?:recipient|address)\b")

NOT_THE_RECIPIENT: Final = _words(
    r"sender (?:address )?(?:rejected|denied|verify failed|verification|unknown|domain)|(?:unknown|invalid|"
    r"bad) sender|"
    r"sender'?s? (?:address|domain|mail ?box|email).{0,60}(?:unknown|invalid|not (?:found|exist)|"
    r"does(?: not|n't) exist)",
    r"mail from.{0,60}(?:unknown|invalid|does(?: not|n't) (?:exist|resolve)|not (?:found|exist|resolve))",
    r"from: domain is invalid|not a registered gateway user|invalid rdns|rdns record of your",
    r"domain of sender|domain not found\)? for sender|helo command rejected|client host rejected|reverse (?:host|"
    r"dns)|cannot find your|your (?:host ?name|ip|domain|server|reverse)",
    *ABOUT_US,
)
