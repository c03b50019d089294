"""Names as they are compared: without case, accents and particles, given names apart, short forms known.

An ``ñ`` counts as an ``n``, as half of all writers drop the tilde; of surnames a second key keeps it, so that *Muñoz*
and *Muñoz* agree a little more than *Muñoz* and *Munoz* do.
"""

import re
import unicodedata

PARTICLES = frozenset("de del la las los y e da do dos vda viuda".split())
TITLES = frozenset("sr sra srta don dona doctor dr dra ing lic prof".split())
UNNAMED = frozenset(
    """desconocido desconocida identificado identificada nn sin nombre no hijo hija hijos hijas esposo esposa hermano
    hermana nino nina ninos ninas bebe menor menores chofer conductor conductora empleado empleada trabajador
    trabajadora familiar cuerpo persona personas hombre mujer un una dos tres unknown unidentified unnamed driver
    child children son daughter wife husband brother sister of the two three a man woman person people""".split()
)
"""Words that say who somebody was to others, or that nobody knows; never a name by themselves."""

_SHORT = """
adri:adriana,adrian ale:alejandra,alejandro alex:alejandro,alejandra andi:andrea angie:angela anita:ana
arturito:arturo betty:beatriz beti:beatriz beto:alberto,roberto,humberto,gilberto,heriberto bety:beatriz
brendita:brenda cata:catalina carlitos:carlos caro:carolina chabela:isabel chago:santiago chavo:salvador
chayo:rosario checo:sergio chela:graciela chelo:consuelo chema:jose,maria chepe:jose chepina:josefina chente:vicente
chava:salvador chicho:narciso chucho:jesus chuy:jesus chuyita:jesus clau:claudia concha:concepcion
conchita:concepcion coni:concepcion cris:cristina,cristian cristi:cristina cuca:refugio cuco:refugio dani:daniel,daniela
davi:david edu:eduardo eli:elizabeth,elisa,elias ely:elizabeth,elisa fer:fernando,fernanda
fede:federico fela:rafaela felo:rafael fito:rodolfo,adolfo fran:francisco,francisca gabi:gabriela,gabriel
gaby:gabriela,gabriel gera:gerardo gil:gilberto goyo:gregorio guille:guillermo,guillermina guicho:luis
hectorin:hector isa:isabel ivon:ivonne javi:javier jorgito:jorge juancho:juan juanito:juan juanita:juana
juani:juana karlita:karla kike:enrique lalo:eduardo lala:laura lauri:laura laurita:laura lencho:lorenzo leti:leticia
lety:leticia licha:alicia lola:dolores lolita:dolores lucha:luisa,luz lucho:luis luisito:luis lulu:lourdes
lupe:guadalupe lupita:guadalupe lupillo:guadalupe maca:macarena mago:margarita malena:magdalena manolo:manuel
manuelito:manuel mane:manuel marce:marcela,marcelo margo:margarita mari:maria marichuy:maria,jesus
mary:maria mariquita:maria maru:maria,eugenia mauri:mauricio mayito:mario memo:guillermo
meche:mercedes mela:carmela miguelito:miguel miguelin:miguel mike:miguel mimi:noemi mincho:benjamin monchi:ramon
moncho:ramon moni:monica nacho:ignacio nachito:ignacio nati:natalia nando:fernando neto:ernesto
nena:magdalena nico:nicolas ofe:ofelia oscarin:oscar pablito:pablo paco:francisco pacho:francisco pancha:francisca
pancho:francisco panchito:francisco paquita:francisca paquito:francisco pati:patricia paty:patricia pato:patricio
patty:patricia pedrito:pedro pepa:josefa pepe:jose pepito:jose perico:pedro pili:pilar pina:josefina pipe:felipe
poncho:alfonso queta:enriqueta queque:enrique quique:enrique quico:francisco,enrique quino:joaquin rafa:rafael
rafita:rafael raulito:raul reme:remedios ricky:ricardo ricardito:ricardo richi:ricardo robertito:roberto rober:roberto
rodo:rodolfo rodri:rodrigo rosi:rosa rosita:rosa rosy:rosa sandy:sandra sandrita:sandra santi:santiago
sebas:sebastian sergito:sergio sofi:sofia susi:susana susy:susana tacho:anastasio tavo:gustavo,octavio teo:teodoro
tere:teresa teresita:teresa tencha:hortensia tina:cristina,ernestina,agustina titi:leticia tito:alberto,roberto,ernesto
tomasito:tomas tono:antonio tonio:antonio tona:antonia toni:antonio,antonia trini:trinidad vane:vanesa vero:veronica
vicky:victoria victorin:victor vito:victor viqui:victoria vic:victor yayo:gerardo,eduardo,mario
yola:yolanda yoli:yolanda
"""
SHORT = {short: tuple(names.split(",")) for short, names in (entry.split(":") for entry in _SHORT.split())}
"""Short forms in use in Mexico, each with what it may stand for. Our own small list, certainly not complete."""

WRITTEN_SHORT = {"ma": "maria", "fco": "francisco", "gpe": "guadalupe", "jse": "jose"}
_SOUNDS = (
    ("qu", "k"),
    ("ce", "se"),
    ("ci", "si"),
    ("ch", "X"),
    ("ll", "y"),
    ("ge", "je"),
    ("gi", "ji"),
    ("gue", "ge"),
    ("gui", "gi"),
    ("h", ""),
    ("v", "b"),
    ("w", "b"),
    ("z", "s"),
    ("x", "s"),
    ("c", "k"),
    ("q", "k"),
    ("i", "y"),
)


def fold(text: str) -> str:
    """Lower case, without accents, ``ñ`` as ``n``, anything but letters as a single blank."""
    return with_tilde(text).replace("ñ", "n")


def with_tilde(text: str) -> str:
    """As ``fold``, with each ``ñ`` kept."""
    spread = _spread(text).replace("n\u0303", "ñ")
    bare = "".join(c if c.isalpha() else " " for c in spread if not unicodedata.combining(c))
    return " ".join(bare.split())


def _spread(text: str) -> str:
    """Lower case, with marks as characters of their own. Some letters have a lower case only once they are spread."""
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", text)


def is_named(given_names: str, paternal: str, maternal: str) -> bool:
    """Whether there is a name at all: *two children*, *chofer*, an initial or nothing is none."""
    words = fold(f"{given_names} {paternal} {maternal}").split()
    # An initial names nobody; where a letter is a syllable or a word, one may be a name.
    long = (word for word in words if len(word) > 1 or not word.isascii())
    return any(word not in UNNAMED | PARTICLES | TITLES for word in long)


def given_tokens(text: str) -> tuple[str, ...]:
    """The given names one by one, particles and titles left out, written abbreviations spelt out."""
    words = (WRITTEN_SHORT.get(word, word) for word in fold(text).split())
    return tuple(word for word in words if word not in PARTICLES and word not in TITLES)


def surname(text: str) -> str:
    """A surname as one word without its particles: ``de la Garza`` and ``Garza`` are the same."""
    return "".join(surname_words(text))


def place_key(text: str) -> str:
    """A place as one word without its particles, numbers kept: ``5 de Mayo`` is not ``15 de Mayo``. Empty where nothing
    is written."""
    spread = "".join(c if c.isalnum() else " " for c in _spread(text) if not unicodedata.combining(c))
    return "".join(_without_particles(spread)) or text.strip()


def surname_words(text: str) -> tuple[str, ...]:
    """A surname's words without its particles, unless it has no others."""
    return _without_particles(fold(text))


def surname_with_tilde(text: str) -> str:
    """As ``surname``, with each ``ñ`` kept."""
    return "".join(_without_particles(with_tilde(text)))


def _without_particles(folded: str) -> tuple[str, ...]:
    words = folded.split()
    return tuple(word for word in words if word not in PARTICLES) or tuple(words)


def may_be_married(maternal: str) -> bool:
    """*García de López*, *García viuda de López*: the second may be a husband's name, which the woman's other reports
    need not have; *de la Garza* and *de los Santos* are surnames of one's own."""
    return re.match(r"((vda|viuda) )?de (?!la |las |los |l )", fold(maternal)) is not None


def stands_for(given: str) -> tuple[str, ...]:
    """The names that a given name may be short for; itself where it is no short form that is known."""
    return SHORT.get(given, (given,))


def sound(name: str) -> str:
    """How a folded name sounds: b and v, s, z and soft c, ll and y, g and j before e and i, h, doubled letters."""
    for written, heard in _SOUNDS:
        name = name.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", name)


def text_key(cell: str) -> str:
    """A cell that is no name, such as a number or a street: letters and digits alone, marked so that it is no word."""
    bare = "".join(c for c in _spread(cell) if c.isalnum())
    return f"#{bare}" if bare else ""
