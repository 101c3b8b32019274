"""How far the words of a record reach: to the end of a sentence, or to what is given."""

import re

SENTENCE_ENDS = re.compile(r"[。；;\n]")
GIVES = re.compile(
    r"(?:^|[，、]|(?<=的))(?:分别|一次性|再|可|均)?(?:按照?(?!规定|有关|国家|约定|[月时期照])|给予|予以|奖励|补助|补贴|发放|享受|每[人户家年月])"
)
"""Where a text begins to tell what is given; 按规定 and 按期 tell how somebody acts."""
