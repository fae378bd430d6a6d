"""Recognition of an organisation's name: its legal form or kind, as a word or at the end of one.

Finnish and Swedish write the form into the word (Mallikirjastoyhdistys, Esimerkkistiftelsen), where
families are called Kunnas, Kaupunki or Stad: a bare word that is also a family's name counts only
where the rest says so.

The estate of a deceased person (kuolinpesä, dödsbo) is filed as an organisation: the estate is the
party that owes and is owed, with its own identifiers, and no person of that name can be asked,
informed or answered. The names in it are kept and disposed of by the same periods.
"""

from __future__ import annotations

import re

from queries.store.search import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Legal forms and kinds of bodies that no person is called, as words of their own.
_WORDS = _words(
    "oy oyj ab abp ky ay tmi t:mi ry rf osk asoy oy/ab ab/oy koy osuuskunta säätiö stiftelse"
    " stiftelsen seurakunta församling församlingen kommun kommunen yhdistys förening föreningen"
    " yliopisto universitet university virasto kiinteistö taloyhtiö yhtiö toiminimi firma andelslag"
    " andelslaget aktiebolag aktiebolaget kommanditbolag handelsbolag osakeyhtiö"
    " kommandiittiyhtiö bostads bostadsaktiebolag kuolinpesä kuolinpesät kp dödsbo dödsboet"
    " sterbhus konkurssipesä konkursbo hyvinvointialue välfärdsområde välfärdsområdet kuntayhtymä"
    " samkommun tiekunta hoitokunta osakaskunta maatalousyhtymä säästöpankki osuuspankki ministeriö"
    " ministeriet liitto förbund rahasto gmbh kg ohg mbh kgaa ltd limited inc incorporated llc llp"
    " plc corp corporation a/s aps asa hb oü osaühing uab sarl bv foundation association"
    " municipality"
)
#: Endings of compounds, with the genitive and definite forms that names have.
_COMPOUNDED = _words(
    "osakeyhtiö osakeyhtiön kommandiittiyhtiö taloyhtiö yhtiöt yhtiö yhtymä yhdistys"
    " yhdistyksen seurakunta seurakuntayhtymä kuolinpesä kuolinpesän konkurssipesä"
    " hyvinvointialue osuuskunta osuuskauppa osuuspankki säästöpankki säätiö rahasto"
    " tiekunta hoitokunta osakaskunta toimikunta liikelaitos koulu oppilaitos opisto"
    " päiväkoti yliopisto virasto palvelukeskus seura liitto aktiebolag aktiebolaget"
    " handelsbolag kommanditbolag bolaget förening föreningen församling församlingen"
    " dödsbo dödsboet konkursbo välfärdsområde välfärdsområdet andelslag andelslaget"
    " andelsbank stiftelse stiftelsen kommun kommunen förbund förbundet sällskap"
    " sällskapet skolan högskola universitet"
)
_ENDINGS = tuple(sorted(_COMPOUNDED))
#: Also families are called so: the word says something in small letters or after a genitive.
_ALSO_FAMILIES = _words("kaupunki kunta koulu seura stad staden skola school parish yhtymä lukio")
#: Short forms that are also syllables of names: they count as the last word, in capitals.
_SHORT = _words("ag sa as ug sas spa srl ok sp rs rp nv bv sia")
#: First names that end as a genitive does.
_NO_GENITIVES = _words(
    "aaron adrian alan allan anton axel benjamin brian christian damian dan edvin ellen elvin erin"
    " evelin fabian florian helen ian ivan jan joakim johan jonatan julian justin karin karen"
    " kerstin kevin kian kristian lilian linn marian martin melvin morgan norman robin roman ruben"
    " sebastian simon stefan sten sven tristan valentin vivian armas anders andreas boris chris"
    " denis elias enos frans hannes hans ines jens joonas jonas julius klaus lars linus lucas lukas"
    " magnus marcus markus mathias matias mattias mats nils niklas niclas otis petrus rasmus silas"
    " thomas tobias tomas topias"
)
_HOUSING = re.compile(r"\b(?:as|asunto|kiinteistö|bost|fast)\b\.?[ -]*(?:oy|ab|osakeyhtiö)\b")


def looks_like_organisation(name: str) -> bool:
    """Check if a name cannot be a person's.

    >>> looks_like_organisation("Mallikas Oy"), looks_like_organisation("Matti Meikäläinen")
    (True, False)
    >>> looks_like_organisation("Mallikirjastoyhdistys"), looks_like_organisation("Aino Kaupunki")
    (True, False)
    """
    if _HOUSING.search(fold(name)):
        return True
    words = [word for one in re.split(r"[\s,;]+", name) if (word := one.strip("\"'()"))]
    return any(_tells(words, at) for at in range(len(words)))


def _tells(words: list[str], at: int) -> bool:
    word = fold(words[at]).replace(".", "")
    if word in _SHORT:
        return at > 0 and at == len(words) - 1 and words[at].isupper()
    if word in _ALSO_FAMILIES:
        return at > 0 and (words[at].islower() or _is_genitive(fold(words[at - 1])))
    tail = word.rpartition("-")[2]  # Asunto-osakeyhtiö, LVI-yhdistys
    if word in _WORDS or (tail != word and tail in _WORDS):
        return True
    return word.endswith(_ENDINGS)


def _is_genitive(word: str) -> bool:
    return word.endswith(("n", "s")) and word not in _NO_GENITIVES
