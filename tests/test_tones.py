"""Classes that share a colour of the standard can be told apart on screen."""

from gisapp.app.tones import screen_colors
from gisapp.io.tables import read_land_use_codes


def test_paddy_and_dry_land_have_tones_of_the_standard_colour(root):
    codes = read_land_use_codes(root / "parcels" / "codes" / "land_use_codes.csv")
    tones = screen_colors(codes)
    assert tones["0101"] == codes.entries["0101"].color == "#F5F8DC"
    assert tones["0103"] == "#babca7"
    assert tones["0102"] == "#d8dac2"


def test_every_class_differs_from_its_siblings(root):
    codes = read_land_use_codes(root / "parcels" / "codes" / "land_use_codes.csv")
    tones = screen_colors(codes)
    assert set(tones) == set(codes.entries)
    for code, tone in tones.items():
        same = [
            o
            for o, other in tones.items()
            if o != code and len(o) == len(code) and o[:-2] == code[:-2] and other == tone
        ]
        assert same == [], code
