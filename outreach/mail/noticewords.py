"""The parts that a notice of absence or of receipt has, and what only a person writes, by stems of some thirty languages.

Tables only; ``onlynotice`` says how they are used.
"""

import re
from typing import Final

from . import phrases

QUESTION: Final = re.compile(r"[?\uff1f\u061f\u037e]")
SENTENCE: Final = re.compile(
    r"(?<=[^\W\d][^\W\d][.!])\s+|(?<=[)!])\s+|(?<=\d{4}\.)\s+|(?<=[。！])|\s+[-\u2013\u2014]{1,2}\s+"
)
CLAUSE: Final = re.compile(r"[,;:()\uff0c\u3001\u060c]\s*(?!\d{1,2}\b(?!:))|\s[-\u2013\u2014]\s")
AND: Final = re.compile(r"\s(?:and|so|und|et|y|och|og|oraz|и|та|ja|és|și|ve|και|và)\s")
NAME: Final = re.compile(r"(?:[A-ZÀ-ÞĀ-ŽА-ЯΑ-Ω][\w.'/&-]*\s?){1,5}[.!]?|[\u4e00-\u9fff\uac00-\ud7af]{2,4}")
GREETING: Final = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|day|afternoon)|greetings|hallo|guten (?:tag|morgen)|moin|liebe[rs]?|sehr geehrte[rs]?|"
    r"bonjour|bonsoir|ch[eè]re?s?|madame|hola|buen[oa]s (?:d[íi]as|tardes)|estimad[oa]s?|ol[áa]|bom dia|boa tarde|prezad[oa]s?|"
    r"ciao|salve|buongiorno|gentile|beste|geachte|goedemorgen|goedendag|hej|hei|heisann|god dag|terve|moi|hyv[äa]|"
    r"dzie[ńn] dobry|szanown\w+|cze[śs][ćc]|dobr[ýy] de[nň]|v[áa][žz]en\w+|kedves|tisztelt|bun[ăa] (?:ziua|diminea[țt]a)|stimat\w*|"
    r"здравствуйте|добрый день|уважаем\w+|добр\w+ дня|шановн\w+|здравейте|po[šs]tovan\w+|merhaba|say[ıi]n|γεια σας|"
    r"αγαπητ\w+|k[æa]re|xin chào|halo|שלום|مرحبا|您好|你好|"
    r"안녕하세요)(?![\w-])[^,.!:;\n\uff01\uff0c\u3002\u3001]{0,40}(?:[,.!:\uff01\uff0c\u3002]|$)",
    re.I,
)
# The reader's absence, or a word about them.
OF_READER: Final = re.compile(
    r"\b(?:quick|fast|prompt|kind|schnelle|rasche|prompte|rapide|r[áa]pida|rapida|celere|snelle|snabba|hurtige|raske|"
    r"szybk\w+|rychl\w+|быстр\w+) "
    r"(?:answer|reply|response|antwort|r[üu]ckmeldung|r[ée]ponse|retour|respuesta|resposta|risposta|antwoord|svar|"
    r"odpowied\w+|odpov\w+|ответ)|"
    r"\byour (?:papers|documents|file|contract|order|invoice|samples?|keys?)\b|\byour? (?:\w+ )?(?:holidays?|vacation|leave|"
    r"trip|absence|return|out[ -]of)|\byou(?:'re| are| were| will be|'ll be) (?:\w+ )?"
    r"(?:back|away|out|off|on|travel)|\b(?:ihre?|deine?|eure?)\w{0,2} (?:urlaub|abwesenheit|reise|r[üu]ckkehr)|\bsie (?:sind|waren)\b|"
    r"\bvos (?:vacances|cong)|\bvotre (?:absence|retour)|\bsus? (?:vacaciones|ausencia)|\btus? vacaciones|sue (?:vacanze|ferie)|"
    r"\buw (?:vakantie|verlof)|\bdin (?:semester|ferie)|ваш\w* (?:отпуск|отсутств)",
    re.I,
)
TOGETHER: Final = re.compile(
    r"\blet(?:'s| us)\b|\b(?:can|could|shall|should) we\b|\bwe (?:\w+ )?(?:can|could|should|would(?! like to (?:acknowledge|thank|"
    r"inform|confirm|let you|assure|apologi))|talk|speak|meet|take|want(?! to (?:acknowledge|thank|inform|confirm|let you|assure|apologi))|"
    r"need)\b|\bwe'll (?:talk|speak|"
    r"meet|take)|(?:k[öo]nnen|sollten|wollen|m[üu]ssen) wir\b|\bwir (?:k[öo]nnen|telefonieren|sprechen|treffen|nehmen|brauchen)|"
    r"\b(?:peut|pourrait)-on\b|pouvons-nous|\bnous (?:pouvons|pourrons)|\bpodemos\b|\bhablamos\b|\bpossiamo\b|ci sentiamo|"
    r"\bkunnen we\b|\bkan vi\b|\bkunne vi\b|\bskal vi\b|\bska vi\b|\bpodemos\b|\bvoimme\b|mo[żz]emy|m[ůu][žz]eme|можем|tudunk|"
    r"\bwould (?:suit|be|work|like|help)\b(?! to (?:acknowledge|thank|inform|confirm|let you|assure|apologi))|\blike yours\b|vorremmo|"
    r"vogliamo|voudrions|souhaitons|quisi[ée]ramos|queremos|"
    r"wir (?:m[öo]chten|wollen|h[äa]tten)|gostar[íi]amos|\bvi vill?\b|chcemy|chceme|хот(?:им|ели)|\bwork(?:s|ed)? (?:for|better)\b",
    re.I,
)
ANSWERED: Final = re.compile(
    r"(?:^|[.!]\s+)(?:yes|yep|no|ok|okay|sure|fine|great|perfect|agreed|noted|received|"
    r"done|solved|case closed|good|got it|sounds|ja|nein|gerne?|passt|"
    r"oui|non|parfait|s[íi]|no|claro|vale|perfecto|certo|perfetto|sim|n[ãa]o|ano|igen|да|нет|так|evet|ναι)(?:[,.!]|"
    r"\s(?:please|to)\b|$)|"
    r"^(?:はい|好的|是的|네[,. ])",
    re.I | re.M,
)
PAST: Final = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:was|were|been|had been)\b|\bjust back\b|"
    r"(?<!when )(?<!once )(?<!until )(?<!as soon as )\b(?:i am|i'm|we are|we're) (?:now )?back\b(?! (?:on|in|at|by|from|to|"
    r"\w+day|\d))|\bback from\b|\bich war\b|\bwar ich\b|\bwir waren\b|j'(?:[ée]tais|ai [ée]t[ée])|\bestuve\b|\bhe estado\b|"
    r"acabo de|\bero\b|"
    r"sono stat[oa]|rientro ora|\bwas ik\b|ben ik geweest|\bjag var\b|\bjeg var\b|har varit|har v[æa]ret|\bolin\b|"
    r"by[łl][ea]m|\bbyl[a]? jsem|"
    r"voltam\b|\bam fost\b|я был[а]?\b|на прошлой",
    re.I,
)
# Nobody's program tells today of an absence that begins tomorrow.
FROM_TOMORROW: Final = re.compile(
    r"\b(?:will be|i'll be|am|i'm|werde|bin|serai|suis|estar[ée]|estarei|sar[òo]|zal|ben|[äa]r|er)\b[^.]{0,40}\b(?:absent\w*|"
    r"assente|ausente|away|out|off|weg|"
    r"nicht|afwezig|borta|v[æa]k|on leave)\b[^.]{0,24}\b(?:tomorrow|domani|ma[ñn]ana|demain|morgen|amanh[ãa]|i ?morgon|i ?morgen)\b|"
    r"\b(?:leave|away|off|holidays?|vacation|travell?ing) next (?:month|quarter|year)\b|"
    r"\b(?:absent\w*|assente|ausente|away|out|off) (?:tomorrow|domani|ma[ñn]ana|demain|morgen|amanh[ãa])\b",
    re.I,
)
# "I read this at the beach": somebody has read our letter.
READS_THIS: Final = re.compile(
    r"\b(?:read(?:ing)?|lese|lis|leo|legg[oe]|li|lees|l[äa]ser|leser|l[æa]ser|luen|luin|czytam|[čc]tu|olvasom|citesc|читаю|okuyorum)\s"
    r"(?:this|it|das|dies\w*|[çc]a|ceci|esto|questo|isto|dit|det(?:ta|te)?|t[äa]m[äa]n|to|asta|это|це)\b|\b(?:lo leo|"
    r"la leggo|lo leggo|bunu)\b",
    re.I,
)
# When strangers are answered, which is not when somebody is away.
NEXT_WEEK_ANSWER: Final = re.compile(
    r"((?:answer|repl|respon|antwor|beantwoor|svar|risp|r[ée]pon|respond)[^.]{0,24})\b(?:next week|n[äa]chste woche|"
    r"la semaine prochaine|"
    r"(?:la )?pr[óo]xima semana|la prossima settimana|volgende week|n[äa]sta vecka|n[æa]ste uge|neste uke)",
    re.I,
)
# A program speaks of the reader's request, a person of their own.
OWN_REQUEST: Final = re.compile(
    r"\b(?:our|my|unsere?|meine?|notre|ma|mi|nuestr[oa]|nostr[oa]|mi[oa]|noss[oa]|minha|onze?|mijn|v[åa]r|vores|v[åa]rt) "
    r"(?:ticket|case number|request|order|complaint|enquiry|anfrage|bestellung|demande|commande|solicitud|pedido|richiesta|"
    r"ordine|vraag|bestelling|[äa]rende|ordre)\b",
    re.I,
)
PERSONAL: Final = (
    READS_THIS,
    OWN_REQUEST,
    FROM_TOMORROW,
    QUESTION,
    phrases.MATTER,
    phrases.CONTRAST,
    OF_READER,
    TOGETHER,
    ANSWERED,
    PAST,
)
# What somebody asks of this reader; an urgent matter may be told to anybody.
TO_ME: Final = re.compile(
    r"\b(?:call|ring|phone|text|ping|tell|send|give|write(?: to)?|remind|try|catch|mail|e-?mail|chase) (?:me|us)\b|"
    r"\bcall (?:me|then|after|back)\b|\bcome (?:by|back(?! to you))\b|\bcircle back|\bpick (?:any|a|one)|\bplease (?:do not )?(?:send|"
    r"deliver|approve|sign|"
    r"confirm|use|go ahead|resend|share|call(?! (?:our|the|my|\w+ on|\+?\d)))|"
    r"rufen sie (?!(?:in dringenden|im notfall|die|unsere|bitte \d|\d|unter))|\bruf mich|\bschicken sie|\bsenden sie (?:mir|"
    r"uns)|\bsagen sie|"
    r"melden sie sich\b(?! bei)|fragen sie|"
    r"bitte (?:schicken|senden|liefern|rufen)|"
    r"appelez[- ]moi|rappelez|recontactez|envoyez|dites-moi|ll[áa]m[ae]\w*me\b|ll[áa]me(?:me|nos)\b|\bm[áa]nd[ae](?:me|nos|"
    r"nme)?\b|env[íi][ae]me|cu[ée]nte\w*|vuelva|"
    r"\bmi (?:chiami|mandi|scriva)|chiam[ai]mi|riprovi|\bbel me\b|stuur (?:me|het)|\bme (?:lig[au]e?|mand[ae]|envi[ae])\b|"
    r"\bring (?:mig|meg|til mig|til meg)\b|\bsoita(?! \d| puh)|zadzwoni[ćc] (?:do mnie|w)|prosz[ęe] (?:przys|wys)|"
    r"zavolejte mi|po[šs]lete mi|"
    r"h[íi]vjon(?! a)|suna[țt]i-m[ăa]|позвоните мне|перезвоните|зателефонуйте в|подзвоніть|aray[ıi]n(?! \d)|beni ara|π[άα]ρτε με|"
    r"sie k[öo]nnen mich (?:als|gern)|\bje suis (?:au|joignable)\b|\breach(?:es)? me\b|\bich bin unter\b|erreichen sie mich|"
    r"\bsono al\b|\bestoy en el\b|"
    r"(?:tell|told|knows?|informed|briefed)(?: you)? about\b|"
    r"お電話ください|電話して|给我打电话|打给我|전화 ?주세요|תתקשר|התקשר|اتصل بي",
    re.I,
)
# Why people are away, or gone; only beside a weight that says so too.
REASON: Final = re.compile(
    r"\b(?:doctor\w*|dentist\w*|arzt|zahnarzt|m[ée]decin|dentist\w*|m[ée]dico|dottore|medico|dokter|tandarts|l[äa]kare\w*|l[æe]ge\w*|"
    r"l[äa][äa]k[äa]ri\w*|lekarz\w*|l[ée]ka[řr]\w*|orvos\w*|врач\w*|doktor\w*|queue|warteschlange|file d'attente|en cola|sick|ill|"
    r"unwell|under the weather|flu|hospital|operation|surgery|recover\w+|jury|honeymoon|wedding|funeral|signal|offsite|"
    r"retire\w*|former|no longer in use|krank\w*|grippe|[üu]berstunden|montage|klassenfahrt|ruhestand|rentner\w*|nachfolger\w*|"
    r"kur|flitterwochen|malade|souffrant\w*|grippe|salon|retraite|noces|hospitalis\w+|deuil|enferm\w+|operad\w+|jubil\w+|boda|"
    r"luto|unos d[íi]as|malat\w+|ricoverat\w+|nozze|lutto|pensione|doente|cirurgia|reform\w+|portas fechadas|ziek\w*|operatie|pensioen|"
    r"vrij|gebruik|sjuk\w*|vabb\w+|pension\w*|slutat|slutade|syg|syk|influenza|fratr[åa]dt|sairaana|el[äa]kkeell\w+|chor\w+|emerytur\w*|"
    r"szpital\w*|nemoc\w*|marod\w+|d[ůu]chod\w*|beteg\w*|nyugd[íi]j\w*|bolnav\w*|pensionat\w*|hasta\w*|emekli\w*|bole[sš]\w*|"
    r"боле\w+|болен|больн\w+|пенси\w+|не используется|захвор\w+|хвор\w+|пенсі\w+|άρρωστ\w+|σύνταξη\w*)(?![^\W\d_])|"
    r"体調|入院|退職|病|离职|生病|退休|住院|아파|퇴사|입원|חולה|במילואים|مريض|مرضي|s[aá]kit|ốm",
    re.I,
)
# What was closed for good is no absence.
ENDED: Final = re.compile(
    r"\b(?:seit|since|depuis|desde|sinds|sedan|siden|od|с)\b.{0,20}\b(?:geschlossen|closed|ferm[ée]e?|cerrad[oa]|gesloten|st[äa]ngt|"
    r"lukket|"
    r"stengt|zamkni[ęe]t\w|закрыт\w?)|\bclosed (?:in|last|down)\b|\ba ferm[ée] |\bha chiuso\b|\bcerr[óo] |\bfechou\b|\bschlo(?:ss|ß)\b",
    re.I,
)
# Somebody else is away, or somewhere.
OTHERS: Final = re.compile(
    r"\b(?:my|our) (?!office|team|company|business|shop|store|practice|surgery|clinic|school|department|desk|help|support|"
    r"customer|service|staff|mail|inbox|e-?mail|laptop|library|studio|hotel|restaurant|phone|leave|holiday)\w+ "
    r"(?:is|are|has been) (?:\w+ )?(?:out|off|away|on|sick|ill|travel)|"
    r"\b(?:he|she|they) (?:is|are|will|returns?)\b|"
    r"\b(?:my|our|the) (?:\w+ )?(?:boss|manager|cfo|ceo|cto|director|colleague|"
    r"partner|husband|wife|"
    r"assistant|developer|lawyer|owner|customers?|conference|parcel)\b|\bthe team is\b|\b(?:mein|unser|der|meine|unsere|"
    r"die) (?:chef\w*|kolleg\w+|"
    r"gesch[äa]ftsf\w+|leiter\w*|mann|frau|partner\w*)|\b(?:mon|ma|notre|le|la) (?:coll[èe]gue|chef|patron\w*|direct\w+|mari|"
    r"associ[ée]e?)|"
    r"\b(?:mi|el|la|nuestr[oa]) (?:jef[ea]|director\w*|compa[ñn]er[oa]|soci[oa])|\b(?:il|la|mio|mia) (?:titolare|capo|"
    r"collega|direttor\w+|soci[oa])|"
    r"\b(?:meu|minha|o|a) (?:chefe|diretor\w*|colega|s[óo]ci[oa])|\b(?:mijn|de|onze) (?:collega|baas|directeur|chef)|"
    r"\bszef\w*|директор|начальник|"
    r"коллег[аи]\b|部長|社長|老板|经理|사장|팀장|^\s*(?:mr|mrs|ms|herr|frau|madame|monsieur)\.? \w+ (?:is|ist|est)\b",
    re.I,
)
ELSEWHERE: Final = re.compile(
    r"(?:holiday|vacation)s? (?:home|house|rental|season|let|park|flat|apartment|package|resort)|\bback (?:to|with) you\b|"
    r"\bback in touch\b|\bin the meeting\b|zur[üu]ck(?:ruf|schreib|schick|send|geb|zahl|komm)|"
    r"\b(?:nach|after|apr[eè]s|despu[eé]s de|dopo|efter|после|після) (?:my|the|meine[mnr]?|mes|mon|las?|mis?|le|mie|min|mina|mine) "
    r"(?:holidays?|vacation|leave|trip|urlaub|ferien|vacances|cong[ée]s?|vacaciones|ferie|vakantie|semester|отпуска)|"
    r"(?<!will )(?<!'ll )\b(?:loop|circle|come|check|get|write|call|report|send|give|pay|go|try)(?: \w+)? back\b",
    re.I,
)
# English has a subject in every sentence: without "I" it is about something else, unless it begins with the absence.
ENGLISH: Final = re.compile(r"\b(?:the|please|does|has|have|looking|everyone|with|who|this)\b", re.I)
OF_ONESELF: Final = re.compile(
    r"\b(?:i|i'm|i'll|i've|i'd|we|we're|we'll|my|our|offices? (?:is|are|will|re-?opens?|remains?))\b|^\s*(?:currently |"
    r"presently |just |now |sorry )?(?:back|out|away|off|on|ooo|gone|"
    r"travel\w+|closed|not|unavailable|maternity|paternity|parental|working|in|at|return\w*|will|limited|no)\b",
    re.I,
)
# Said without a day, and still by a notice.
OFFICIAL: Final = re.compile(
    r"out of (?:the )?office|\b(?:sick|medical|maternity|paternity|parental|annual) leave\b|\bon leave\b|\b(?:reply|respond|"
    r"back|revert)\w*"
    r"[^.]{0,30}(?:as soon as|when i|once i|on my return|upon|once back)|nicht im b[üu]ro|elternzeit|mutterschutz|"
    r"cong[ée] (?:mater|pater|paren)|"
    r"(?:de|por) baja|licen[çc]a|maternit|(?:l[äa]ser|l[æa]ser) (?:inte|ikke)|f[öo]r[äa]ldraledig|barsel|en lue|enk[äa] lue|na urlopie|"
    r"zwolnieni|poza biurem|休暇中|不在|부재|休假|不在办公室|خارج المكتب|في إجازة|בחופש|ofis d[ıi][şs][ıi]|в отпуске|у відпустці|"
    r"on sabbatical|acc[eè]s|access|reduced hours|part[- ]time|jornada|niet aan het werk",
    re.I,
)
NOW: Final = re.compile(
    r"\b(?:currently|presently|now|at the moment|derzeit|zurzeit|momentan\w*|aktuell|gerade|actuellement|en ce moment|actualmente|"
    r"por el momento|al momento|attualmente|momenteel|op dit moment|just nu|f[öo]r (?:tillf[äa]llet|tiden)|i [øo]jeblikket|"
    r"t[äa]ll[äa] hetkell[äa]|obecnie|aktualnie|moment[áa]ln[ěe]|nyn[íi]|jelenleg|[îi]n prezent|сейчас|зараз|[şs]u an\w*|"
    r"[şs]u s[ıi]ra\w*)\b|"
    r"현재|現在|ただいま|目前|现在|正在|حالي[اً]+",
    re.I,
)
# Behind these no day is a return, but the day of an answer.
PROMISE: Final = re.compile(r"re?pl|respon|answer|get back|revert|lirai|prendrai|lees|lese|antwor|expect", re.I)
# Of what tells an absence, the words that tell a return or a mere "not" as well.
WEAK: Final = re.compile(
    r"no longer|\b(?:inte|ikke|niet|igen|weer|wieder)$|^(?:back|return\w*|tillbaka|tilbake|tilbage|palaan|wracam|powr\w+|вернусь|выйду|"
    r"повер\w+|revin|"
    r"voi reveni|palaa\w*|regres\w*|rientr\w*|zur[üu]ck)|\b(?:tillbaka|tilbake|tilbage|zur[üu]ck|wieder|retour|back (?:on|in|"
    r"at)|vr[áa]t\w+|"
    r"zp[ěe]t|terug|reviens|reviendrai)\b",
    re.I,
)
# A word that counts: four letters or more, not a name.
WORD: Final = re.compile(r"(?<![\w@.'-])(?:[a-zß-ÿāăąćčďđēęěģīķłńňōőœřśşšťūůűźżžșțа-яёіїєґα-ωά-ώ]{4,})(?![\w@])")
FILLER: Final = re.compile(
    r"\b(?:office|desk|work|jobb\w*|kontor\w*|b[üu]ros?|arbeit\w*|dienst|bureau|travail|oficina|trabajo|ufficio|sede|lavoro|"
    r"escrit[óo]rio|trabalho|"
    r"kantoor|werk|post|biur\w+|prac[yęe]|kancel\w+|pr[áa]c\w+|toimisto\w*|t[öo]ihin|t[öo]iss[äa]|irod\w+|birou|офис\w*|"
    r"робот\w+|работ\w+|ofis\w*|"
    r"γραφείο|regol\w+|normal\w*|gewohnt|data|date|datum|with|from|will|have|been|this|that|your|when|then|next|some|only|"
    r"also|please|able|soon|during|"
    r"time|into|over|just|expect\w*|around|middle|beginning|medical\w*|aflu|"
    r"bitte|habe[nt]?|hat|mein\w*|ihre?\w*|unser\w*|dieser?|nicht|eine[mnr]?|danach|daher|sind|werde[nt]?|wird|kann|gerne|"
    r"leider|erst|noch|auch|"
    r"[üu]ber|unter|nach|"
    r"vous|nous|votre|notre|pour|dans|avec|suis|serai|sera|sont|sommes|pouvez|depuis|"
    r"para|desde|esta[ré]*|estoy|durante|como|pero|este|estou|estarei|minha|sono|sar[òo]|della?|dalla?|questo|sempre|"
    r"voor|naar|mijn|deze|kunt|heeft|vanaf|maar|ikke|inte|fr[åa]n|eller|till|efter|denne|denna|under|"
    r"olen|ovat|jestem|b[ęe]d[ęe]|oraz|przez|dniach|jsem|budu|bych|nebo|vagyok|leszek|el[ée]rhet\w+|ism[ée]t|olaca[ğg][ıi]m|"
    r"sunt|este|pentru|această|"
    r"буду|меня|мене|после|після|для|через|είμαι|στις|στην|için|olan)\b",
    re.I,
)
SPAN: Final = re.compile(
    r"\b(?:today|tonight|this (?:morning|afternoon|week|month)|all (?:day|week)|until|till|weeks?|days|months?|heute|"
    r"diese woche|wochen|tage|"
    r"aujourd'hui|ce jour|semaines?|jours|hoy|semanas?|d[íi]as|oggi|settiman\w+|giorni|hoje|vandaag|week|weken|dagen|idag|"
    r"i dag|veck\w+|uge\w*|uke\w*|"
    r"viikko\w*|dzi[śs]|tydzie[ńn]|tygodni\w*|dnes|t[ýy]den|ma|h[ée]t|ast[ăa]zi|s[ăa]pt[ăa]m\w+|сегодня|недел\w+|сьогодні|"
    r"тижд\w+|bug[üu]n|hafta\w*|"
    r"easter|christmas|ostern|weihnachten|p[âa]ques|no[ëe]l|summer|sommer|autumn|herbst|spring|mondays|tuesdays|wednesdays|"
    r"thursdays|fridays|weekends?|\w+tags|(?:man|tirs|tis|ons|tors|fre|l[öø]r|s[öø]n)dag(?:ar|er|e|s)|january|february|march|"
    r"april|"
    r"may|june|july|august|"
    r"september|october|november|december)\b|\b(?:sampai|hingga|đến|tháng)\b|עד|حتى|今日|本日|本周|今天|오늘",
    re.I,
)
GONE_TOO: Final = re.compile(
    r"(?:^|\b(?:am|i'm|be|are|we're)\s(?:\w+\s){0,2})(?:out|off) (?:until|till|sick|today|this|from|on|for)\b|\b(?:away|"
    r"overseas|abroad|unavailable|unreachable|offline|"
    r"celebrat\w+ (?:the )?(?:holidays|christmas|easter|new year)|"
    r"(?<!case )(?<!ticket )(?<!deal )(?<!matter )closed|travell?ing|"
    r"gone \w+ing|reduced hours|part[- ]time|taking a break|at (?:a|the) (?:conference|fair|trade show|course|training|"
    r"workshop)|(?:not|never) "
    r"(?:at work|in\b|working)|out of (?:the )?office|ooo)\b|en formation|formation\b|geschlossen|ferm[ée]e?s?\b|"
    r"chius[oaie]\b|cerrad[oa]s?\b|"
    r"fechad[oa]s?\b|gesloten|st[äa]ngt|lukket|stengt|suljettu|zamkni[ęe]t|zav[řr]en|z[áa]rva|[îi]nchis|закрыт|зачинен|kapal[ıi]|"
    r"\b(?:not|nicht|kein\w*|pas|no|non|niet|inte|ikke|n[ãa]o|nie|ne|nu|нет|не)\b[^.]{0,24}\b(?:b[üu]ro|hause?|arbeit\w*|"
    r"bureau|oficina|ufficio|"
    r"sede|escrit[óo]rio|kantoor|kontor\w*|biur\w+|kancel\w+|birou|офис\w*|рабоч\w+|office|desk|work|jobb\w*)\b|"
    r"(?:limited|no|intermittent|restricted|sporadic|patchy) (?:e-?mail|internet|phone|mail) access|access (?:is|will be) limited|"
    r"\b(?:not|nicht|non|pas|niet|inte|ikke|nie|ne|nem|nu|не)\b[^.]{0,20}(?:raggiungibil|reachable|erreichbar|joignable|"
    r"localizable|bereikbaar|"
    r"antr[äa]ffbar|tr[æe]ffes|osi[ąa]galn|k zasti|el[ée]rhet|доступ)|digital detox|展会|\bkur\b|\breha\b|sommerpause|"
    r"betriebsruhe|inventur|freigestellt|dienstfrei|krankgeschrieben|pflegezeit|feiertag|"
    r"indisponible|injoignable|"
    r"en client[èe]le|\brepos\b|convalescence|pause estivale|jour f[ée]ri[ée]|descanso|enferm[oa]|festivo|excedencia|"
    r"fuori sede|riposo|permesso|"
    r"indisponibil|folga|doente|atestado|feriado|zwangerschap|\bziek\b|feestdag|onbereikbaar|\bsjuk\b|\bvab\b|utbildning|"
    r"\bsyk\b|\bsyg\b|"
    r"p[åa] oppdrag|kes[äa]lom|sairaa|[äa]itiys|wyje[żz]d|opiek[ai]|macierzy|rodi[čc]ovsk|mate[řr]sk|k(?:ik[üu]ld|onferenci)|"
    r"concediu|medical leave|"
    r"surgery|study leave|garden leave|sabbatical|декрет|выходн|вихідн|do[ğg]um izn|产假|病假|培训|产休|育休|産休|연차|"
    r"ne travaille pas|jobber ikke|jobbar inte|arbejder ikke|arbeite nicht|do(?:n't| not) work\b|no trabajo|non lavoro|"
    r"werk niet|nie pracuj[ęe]|"
    r"nepracuj[iu]|не работаю|buitenland|ausland|[àa] l'[ée]tranger|all'estero|extranjero|estrangeiro|no exterior|utomlands|"
    r"utlandet|udlandet|"
    r"ulkomailla|za granic[ąa]|zahrani[čc][íi]|k[üu]lf[öo]ld\w*|str[ăa]in[ăa]tate|за границ|за кордоном|yurt d[ıi][şs]|"
    r"g[åa]tt hem|gone (?:home|for the day)|"
    r"feierabend|delega[țt]|secondment|bank holiday|навчанн|обучени|終業|退勤|下班|퇴근|לא במשרד|di luar kota|\b(?:only|"
    r"rarely|seldom) (?:check|read)\b|lese (?:nur|selten)|days? off|freie tage|jours de repos|"
    r"d[íi]as libres|giorni liberi|folga|vrije dagen|fridag|lediga dagar|trade show|"
    r"on the road|conference|"
    r"\bferia\b|\bfiera\b|\bmesse\b|kongress|congres|konferen|seminar|arbeitsplatz|en arr[êe]t|\bcursus\b|\bbreak\b|"
    r"\barbeite (?:von|nur|montag|dienstag|mittwoch|am|in teilzeit)|jornada|teilzeit|temps partiel|deeltijd|"
    r"niet aan het werk|\bik ben er niet\b|"
    r"nicht da\b|pas l[àa]\b|nejsem|nie ma mnie|nu sunt|nem vagyok|borta\b|\bborte\b|\bpoissa\b|ferie|休",
    re.I,
)
RECEIVED: Final = re.compile(
    r"\b(?:we|i)(?:'ve| have)? (?:\w+ )?(?:received|got) your|enregistr[ée]|registrad[oa]|registriert|"
    r"accus\w+ (?:bonne )?r[ée]ception|acusamos (?:el |o )?(?:recibo|recebimento|rece[çp][ãa]?)|conferm\w+ (?:di aver|la) ric\w+|"
    r"pres[oa] in carico|your (?:e-?mail|message|request) (?:has )?(?:safely )?(?:arrived(?! in)|reached us)|"
    r"\bwe(?:'ve| have)? (?:opened|created|logged) (?:a |the |your )?(?:support )?(?:ticket|case)|"
    r"your (?:\w+ )?(?:e-?mail|message|request|enquiry|inquiry|ticket|case|"
    r"application|query|"
    r"submission)[^.]{0,30}(?:received|created|opened|logged|registered|being|forwarded|assigned)|thank(?:s|"
    r" you) for (?:contacting|reaching out|"
    r"getting in touch|writing to)|ihre? (?:anfrage|nachricht|e-?mail|mail|anliegen)[^.]{0,30}(?:erhalten|eingegangen)|"
    r"(?:erhalten|eingegangen)\b|"
    r"bien re[çc]u|a (?:bien )?[ée]t[ée] re[çc]u|hemos recibido|ha sido recibid|abbiamo ricevuto|[èe] stat[oa] ricevut|"
    r"recebemos|foi recebid|"
    r"ontvangen|mottagit|modtaget|mottatt|vastaanottan|otrzymali|wp[łl]yn|obdr[žz]eli|p[řr]ijali|megkapt|primit|получ|"
    r"отримали|aldık|ula[şs]m[ıi][şs]|"
    r"λάβαμε|受け付け|承り|受信し|收到|접수|התקבל|استلم|menerima|nhận được",
    re.I,
)
IN_TIME: Final = re.compile(
    r"\b(?:within|innerhalb|binnen|sous|d'ici|dans (?:les|un d[ée]lai)|en (?:un plazo|las pr[óo]ximas|menos)|entro|em at[ée]|"
    r"dentro de|inom|inden|"
    r"innen|w ci[ąa]gu|b[ěe]hem|do|bel[üu]l|[îi]n (?:termen|cel mult)|в течение|протягом|i[çc]inde|εντός|dalam|"
    r"trong)\b[^.]{0,24}(?:\d|one|two|three|"
    r"deux|trois|ein|zwei|drei|business|working|werktag|stunden)|(?<!\d)\d{1,4} ?(?:-|to|bis) ?\d{1,4} (?:business|working|werk)|"
    r"(?<!\d)\d{1,4} ?(?:営業日|"
    r"時間)?以内|(?<!\d)\d{1,4} ?(?:个)?(?:小时|工作日)|"
    r"(?<!\d)\d{1,4} ?(?:시간|영업일)|(?:ticket|case|reference)[^.]{0,30}(?:created|opened|#)|as soon as possible|schnellstm[öo]glich|"
    r"(?:meilleurs|plus brefs) d[ée]lais|a la (?:mayor )?brevedad|lo antes posible|il prima possibile|al pi[ùu] presto|o mais breve|"
    r"zo (?:snel|spoedig) mogelijk|s[åa] (?:snart|hurtigt)|jak najszybciej|co nejd[řr][íi]ve|в ближайшее время|"
    r"найближчим часом|en k[ıi]sa s[üu]re",
    re.I,
)
SOON: Final = re.compile(
    r"\b(?:shortly|soon|in k[üu]rze|zeitnah|prochainement|en breve|em breve|a breve|binnenkort|inom kort|snarest|wkr[óo]tce|"
    r"brzy|hamarosan|[îi]n cur[âa]nd|"
    r"вскоре|незабаром|yak[ıi]nda)\b",
    re.I,
)
VOLUME: Final = re.compile(
    r"high volume|(?:large|high) number|many requests|busy period|hohe\w* (?:anzahl|aufkommen)|grand nombre|gran volumen|"
    r"elevato numero",
    re.I,
)
# Addresses, whose dots end no sentence.
ADDRESS: Final = re.compile(r"[^\s@<>(:,;，、\u3040-\u9fff\uac00-\ud7af]{1,64}@[\w-]{1,63}(?:\.[a-z]{2,24}){0,4}", re.I)
# Whom to turn to.
TURN_TO: Final = re.compile(
    r"\bcontact|\bkontakt|contatt|contat[ea]|wenden|ansprech|adress|dirig|dirij|rivolg|terecht|henvend|yhtey|skontakt|"
    r"obra[ťt]|obr[áa]t|fordul|keres[sd]|"
    r"ba[şs]vur|επικοινων|обра[тщ]|зверт|обърн|свяж|зв'яж|連絡|联系|联络|연락|לפנות|פנו|liên hệ|hubungi|vertret|vertritt|"
    r"rempla[cç]|sostitu|sustitu|"
    r"substitu|vervang|vikar|sijais|zast[ęe]p|zastup|helyettes|[îi]nlocui|зам[еі]щ|заміню|colleague|kolleg|coll[èe]gue|"
    r"compa[ñn]er|colleg[ah]|kolega|"
    r"assist|help|hilft|aide|aider|ayud|aiut|ajud|hj[äa]lp|hj[æe]lp|reach|joindre|redirect|forward|refer\b|"
    r"please (?:call|e-?mail|mail|write)|"
    r"durchwahl|\bext\.|anknytning|(?:in|cover\w*|deputis\w+|over) for me\b|please direct\b|\bin (?:her|his|my) place|"
    r"importan\w+|wichtig\w*|viktig\w*|"
    r"[àa] ma place|al mio posto|"
    r"en mi lugar|no meu lugar|i mitt st[äa]lle|i mit sted|za mnie|za m[ěe]|helyettem|"
    r"вместо меня|"
    r"замість мене|yerime|overgenomen|overneemt|deputis|adresa[țt]i|coleg[ei]|toimii|env[íi][ea]\w*|encaminh|direc?cion|"
    r"atend|künftig|comun[íi]qu|schreiben sie|skriv\b|erreich|scriv[ae]|[ée]cri[rv]|"
    r"secr[ée]tari|sekret\w+|växel|front desk|"
    r"\b(?:looked after|handled|covered|taken care of) by|seguit[oaie] da|suivi\w* par|betreut|接手|代理|接替|负责|"
    r"service ?desk|reception|hotline|deputy|team at|cover|stand(?:s|ing)? in|\bkindly\b|mobile|whats?app|"
    r"^for (?:all |any )?[\w /&-]{3,40}(?:issues?|matters?|questions?|requests?|enquir\w+|inquir\w+|support|assistance|needs)\b",
    re.I,
)
# Answers, late or when.
ANSWERS: Final = re.compile(
    r"\bdelay|\bslow|\brespon[ds]|\brepl(?:y|ies)|\brevert|get back|(?<!the )(?<!an )(?<!my )\banswer(?!\w* is\b)|"
    r"come back to|try (?:again|back) later|review|attend to|deal with|will (?:process|handle)|"
    r"follow up|bear with|antwort|"
    r"beantwort|bearbeit|melde mich|r[ée]pon[ds]|call you back|catch up on|n[åa]r jeg er tilba[gk]e|"
    r"n[äa]r jag [äa]r tillbaka|wenn ich (?:wieder|zur[üu]ck)|quand je reviens|"
    r"cuando (?:vuelva|regrese)|quando (?:torno|rientro|voltar|regressar)|als ik terug|kun palaan|gdy wr[óo]c|"
    r"a[žz] se vr[áa]t|c[âa]nd (?:m[ăa] [îi]ntorc|"
    r"revin)|когда вернусь|коли повернусь|[îi]ntoarcere|d[öo]nebil|[åa]terkom|vender tilbage|dostanu|trait[ée]|tratad|erledig|"
    r"обработ|оброб|ilgilen|rev(?:ien|en)\w* vers|respon[dt]er|respond[eo]|respuest|respost|contest|"
    r"rispo[sn]|antwoord|beantwoord|reageer|"
    r"svar|besvar|vasta|odpow|odpis|odpov|v[áa]lasz|r[ăa]spun|jelentkez|ответ|отвеч|відпов|отговор|yan[ıi]t|cevap|"
    r"d[öo]n[üu][şs]|απαντ|返信|回信|回复|"
    r"答复|ご返事|対応|회신|답변|답장|אשיב|אענה|سأرد|سنرد|سيرد|balas|trả lời|retorn|retour|voltar|volver|torner|regres",
    re.I,
)
NO_ANSWER: Final = re.compile(
    r"(?:do not|don't|please not) (?:reply|respond|answer)|ne pas r[ée]pondre|nicht (?:auf diese [\w-]+ )?(?:zu )?antworten|"
    r"no responda|n[ãa]o responda|"
    r"non rispond\w+|niet (?:te )?(?:be)?antwoorden|svara inte|ikke svare?|nie odpowiada\w+|neodpov[íi]dejte|не отвечайте|"
    r"返信しないで|请勿回复|회신하지",
    re.I,
)
NOTICED: Final = (TURN_TO, ANSWERS, phrases.LEFT_BEHIND, phrases.URGENT, phrases.FOR_QUESTIONS, phrases.PROMISED)
PARTS: Final = (
    VOLUME, SOON, RECEIVED, IN_TIME, phrases.THANKS, phrases.ACKNOWLEDGED, phrases.LEFT_BEHIND, phrases.URGENT, phrases.FOR_QUESTIONS,
    phrases.PROMISED, phrases.SAYS_AUTOMATIC,
    TURN_TO,
    ANSWERS, NO_ANSWER,
    # the mail that is or is not read
    re.compile(
        r"(?:check|read|consult|controll|monitor|access|see|ver[ée]|leer[ée]|les|lis|lir|leg|le[eo]|lu[eo]|l[äæ]s|czyt|"
        r"dost[ęe]p|[čc]t|olvas|cit|prist|"
        r"p[řr][íi]stup|чита|доступ|oku|eri[şs]|"
        r"zugriff|acc[eè]s|acesso|toegang|tillg[åa]ng|tilgang|adgang|hozz[áa]f|確認|查看|확인)[^.]{0,40}(?:mail|messag|"
        r"nachricht|post|courri|corre|"
        r"account|inbox|bericht|mejl|e-?post|meddel|besked|viest|wiadomo|poczt|zpr[áa]v|level|[üu]zenet|mesaj|письм|почт|"
        r"пошт|лист|メール|邮件|메일)|"
        r"(?:mail|mejl|messag|nachricht|courri|corre|post|почт|пошт|メール|邮件|메일)[^.]{0,40}(?:check|read|monitor|access|"
        r"les|lu[es]?\b|"
        r"leg|le[eo]|l[äæ]s|чита|確認|查看|확인)|"
        r"(?:transf[ée]r|weitergeleitet|forwarded|inoltra|reenv[íi]|doorgestuurd|vidarebefordr|videresend|przekaz|p[řr]epos|"
        r"tov[áa]bb[íi]t|пересыл|переадрес)|"
        r"\b(?:not|won't|don't|no|without|kein\w*|ohne|sans|n'(?:ai|aurai) pas|sin|senza|non|sem|geen|zonder|ingen|inte|ikke|utan|"
        r"uden|uten|brak|bez|без|нет) [^.]{0,20}(?:access|acc[eè]s|acceso|acesso|accesso|zugriff|zugang|toegang|tillg[åa]ng|tilgang|"
        r"adgang|dost[ęe]p\w*|p[řr][íi]stup\w*|доступ\w*) (?:to |an |zu |au |[àa] |al |ao |tot |till |til |do |k |к )?(?:\w+ )?(?:computer|"
        r"internet|laptop|wi-?fi|netz|phone|ordinateur|ordenador|rete|rede|network|dator|komputer\w*|po[čc][íi]ta[čc]\w*|интернет\w*|"
        r"компьютер\w*)|"
        r"(?:take|get to|k|dostan\w+ k) (?:your )?(?:e-?)?mail|перевіря|проверя|(?:limited|no|sin|kein\w*|pas|eingeschr[äa]nkt\w*|"
        r"begrenset|begr[äa]nsad|ograniczon\w+|omezen\w+|"
        r"s[ıi]n[ıi]rl[ıi]) (?:e-?mail |internet |"
        r"mail)?(?:access|acc[eè]s|zugriff|zugang|acceso|acesso|accesso|tilgang|adgang|tillg[åa]ng|dost[ęe]p|p[řr][íi]stup|eri[şs]im)",
        re.I,
    ),
    # courtesy
    re.compile(
        r"^\W*(?:please|por favor|s'il (?:vous|te) pla[îi]t|\bbitte\b|per favore|alstublieft|\bprosz[ęe]\b|\bpros[íi]m\b|"
        r"k[ée]rem|v[ăa] rog|пожалуйста|будь ласка|l[üu]tfen|παρακαλ)\W*$|"
        r"[İi]yi\b|\bthank|regards|sincerely|cheers|\bbest\b|apolog|\bsorry|inconvenience|patience|understanding|"
        r"(?:have )?(?:an? )?(?:nice|great|good|lovely|wonderful) (?:day|week|time|summer|rest)|\bhappy (?:new|holidays|"
        r"easter|christmas|summer)|"
        r"\bmerry\b|\bwish|\benjoy (?:the|your) (?:summer|week|holidays)|\bplease (?:note|be (?:aware|advised|informed))|"
        r"\bsender\b|out of office|"
        r"\bdanke|\bdank\b|gr[üu](?:ß|ss)|entschuldig|verst[äa]ndnis|geduld|sch[öo]ne|frohe|merci|cordial|bien [àa] (?:vous|"
        r"toi)|salutations|"
        r"compr[ée]hension|excus|bonne|belle|joyeu|gracias|saludo|disculp|comprensi[óo]n|atentamente|feli[zc]|grazie|saluti|"
        r"scus|comprensione|buon[ae]|"
        r"obrigad|agrade[çc]|atenciosamente|cumprimentos|desculp|compreens|bedankt|groet|begrip|excuses|prettige|fijne|"
        r"\btac?k+\b|h[äa]lsning|hilsen|mvh|"
        r"beklag|trevlig|f[öo]rst[åa]else|forst[åa]else|kiit|terv|hyv[äa][äa]|pahoittel|ymm[äa]rr|dzi[ęe]kuj|pozdrawiam|"
        r"przepraszam|z powa[żz]|"
        r"wyrozumia|mi[łl]ego|uprzejmie|d[ěe]kuj|[ďd]akuj|pozdrav|omlouv|ospravedl|p[řr]eji|pochopen|hezk|k[öo]sz[öo]n|"
        r"[üu]dv[öo]z|eln[ée]z|meg[ée]rt|"
        r"mul[țt]um|cu stim|scuz|frumoas|[îi]n[țt]eleg|спасиб|благодар|дякую|уважени|повагою|извин|вибач|хорош|te[şs]ekk|"
        r"sayg[ıi]|sevgi|anlay[ıi][şs]|"
        r"[öo]z[üu]r|ευχαρ|χαιρετ|συγγν|κατανό|ありがと|お世話|よろしく|申し訳|お詫び|ご迷惑|ご不便|ご了承|ご理解|谢|感谢|"
        r"抱歉|不便|祝|감사|죄송|양해|"
        r"불편|תודה|בברכה|סליחה|شكر|تحي|عذر|أعتذر|terima kasih|salam|maaf|hormat|cảm ơn|trân trọng|xin lỗi|hvala|lijep|lep",
        re.I,
    ),
)  # fmt: skip
