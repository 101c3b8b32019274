"""Which of the public pages the reader is worked on with, and which are only measured.

The pages in the order of the SHA-256 of their file names: the first twenty to work on, the other
nine to measure. Earlier versions of the reader were partly tuned on all of them; from this split
on, the nine are looked at through their figures alone.
"""

WORKED_ON = (
    "p01.html", "p05.html", "p08.html", "p09.html", "p10.html", "p13.html", "p14.html",
    "p16.html", "p19.html", "p22.html", "p25.html", "p27.html", "p31.html", "p32.html",
    "p33.html", "p34.html", "p37.html", "p39.html", "p40.html", "p44.html",
)  # fmt: skip
ONLY_MEASURED = (
    "p03.html", "p04.html", "p07.html", "p20.html", "p21.html", "p23.html", "p26.html",
    "p29.html", "p35.html",
)  # fmt: skip
