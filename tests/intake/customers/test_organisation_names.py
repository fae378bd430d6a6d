"""Names of organisations, recognised by what is written in them."""

from __future__ import annotations

import pytest

from queries.intake.customers.organisation_names import looks_like_organisation

ORGANISATIONS = (
    """
Kahvila Aamu Oy|KAHVILA AAMU OY|Kahvila Aamu oy|Pihla Oyj|Pihla Abp|Kafé Morgon Ab|Oy Malli Ab
Malli Oy Ab|Malli Oy/Ab|Veljekset Malli Ky|Malli & Pojat Ay|Tmi Maija Malli|T:mi Maija Malli
Maija Malli Tmi|Toiminimi Maija Malli|Mallin osakeyhtiö|Malliosakeyhtiö|Rakennusosakeyhtiö Malli
Asunto Oy Mallinrinne|As Oy Mallinrinne|As. Oy Mallinrinne|Asunto-osakeyhtiö Mallinrinne
Asunto-Oy Mallinrinne|Bostads Ab Modellbacken|Bost.Ab Modellbacken|Kiinteistö Oy Mallitalo
Mallinrinteen taloyhtiö|Mallin kyläyhdistys|Mallikirjastoyhdistys|Korven Hirviseura ry|Korven ry
Korven r.y.|Korven Hirviseura|Korven metsästysseura|Modellby hembygdsförening|Korpi r.f.
Modellföreningen|Mallilan seurakunta|Mallilan ev.lut. seurakunta|Mallilan seurakuntayhtymä
Modellby församling|Modellby kyrkliga samfällighet rf|Matti Mallin kuolinpesä
Matti Malli kuolinpesä|Malli Matti, kuolinpesä|Matti Malli kp|Matti Malli KP|Matti Malli dödsbo
Dödsboet efter Matti Malli|Mallikonkurssipesä|Malli Oy:n konkurssipesä|Etelä-Mallin hyvinvointialue
Modellbygdens välfärdsområde|Mallilan kaupunki|MIKKELIN KAUPUNKI|Mallilan kunta|Mallilan Kunta
Modellby stad|Modellby kommun|Modellby kommunen|Mallin kuntayhtymä|Modell samkommun
Osuuskunta Malli|Malliosuuskunta|Osk Malli|Andelslaget Modell|Modellandelslag|Mallisäätiö
Mallin säätiö sr|Modellstiftelsen|Stiftelsen Modell|Aktiebolaget Modell|Modellaktiebolag
Modell Handelsbolag|Modell HB|Mallilan koulu|Mallilan Koulu|Mallin tiekunta|Mallin osakaskunta
Mallin Osuuspankki|Model Ltd|Model Limited|Model Inc.|Model LLC|Modell GmbH|Modell AG
Modell AS|Modell A/S|Modell ApS|Mudel OÜ|Model SIA|Modelis UAB|Model B.V.|Modelo S.A.|Model SARL
Malliyhtiöt|Maatalousyhtymä Malli|Mallin liikelaitos|Malliyliopisto|Model University
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

PERSONS = (
    """
Matti Meikäläinen|Meikäläinen Matti|Meikäläinen, Matti|Aino Kunnas|Kunnas Aino|Aino Kaupunki
Johan Kaupunki|Eero Kunta|Markus Kunta|Aino Koulu|Lars Stad|Jens Skola|Aino Seura|Ilmari Kaupinen
Oyvind Hansen|Aino Oja|Abel Aalto|Abdi Ali|Aino Abrahamsson|Kyllikki Kyllönen|Kylli Ky-Malli
Asko Asikainen|Asta Asp|Maria Sa|Kim As|Sasu Agvald|Ylva Yhde|Yrjö Yhtälä|Seija Säätölä
Liisa Liittonen|Pesonen Kuolimo|Matti Kuolimaa|Aino Pesä|Veikko Pesälä|Dan Dödahl|Bo Stiftdahl
Anna Stadig|Anders Stadius|Ville Stade|Kai Kommonen|Eva Kommunist|Lauri Lukiola|Rauno Rahasto-Oja
Ritva Firmala|Ferdinand Förenius|Tove Föräldralund|Olof Bolagsson|Anna Bolin|Inga Incze|Linc Corpi
Corina Corppi|Plamen Petrov|Limited-Aino Malli|Tmikko Malli|Rya Malli|Ryti Ryynänen|Ari Aro
Ay-Lin Mallioja|Agda Agren|Ursula Ug|Sara Sas|Spasia Spa|Ossi Osk-Aho|Oskari Osko|Osku Malli
Osmo Osuusmaa|Helvi Hyvinvoija|Aino Aluesalo|Tiina Talo|Taru Taloyhde|Toini Toimi|Tor Toimela
Virpi Virasto-Aho|Yliopa Ylinen|Skoglund Eva|Eva Skolan-Berg|Kirsi Kirkko|Seurajoki Aino
Aino Pankki|Osmo Pankkonen|Liisa af Malli|Bo von Malli|Mia de la Malli|Kiinteä Aino|Asuntala Aino
José Sá|Ltdia Malli|Aino Malli-Kunnas|Anna-Liisa Koulu|Sten Parish|Ian School
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def test_there_are_enough_of_each():
    assert min(len(set(ORGANISATIONS)), len(set(PERSONS))) >= 60


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_organisation(name):
    assert looks_like_organisation(name)


@pytest.mark.parametrize("name", PERSONS)
def test_a_person(name):
    assert not looks_like_organisation(name)
