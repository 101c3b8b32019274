"""The measured policies, parted once: some to build on, some whose texts nobody reads.

Parted theme by theme: of each theme with more than one policy the seed draws one to set
aside, and three themes that have only one policy are set aside whole. The draw is written
to `split.json`, so that the parting outlives the script. Run it with the elements file:

    python -m tests.reading.gold.split ELEMENTS.jsonl
"""

import json
import random
import sys
from collections import defaultdict
from pathlib import Path

FILE = Path(__file__).with_name("split.json")
SEED = 20261127
WHOLE_THEMES_ASIDE = 3


def part(themes: dict[str, str]) -> dict[str, list[str]]:
    """Part policies, given as id → theme, into `looked_at` and `set_aside`."""
    by_theme: dict[str, list[str]] = defaultdict(list)
    for policy, theme in sorted(themes.items()):
        by_theme[theme].append(policy)
    draw = random.Random(SEED)
    aside = [draw.choice(ids) for _, ids in sorted(by_theme.items()) if len(ids) > 1]
    alone = [ids[0] for _, ids in sorted(by_theme.items()) if len(ids) == 1]
    aside += draw.sample(alone, WHOLE_THEMES_ASIDE)
    return {"looked_at": sorted(set(themes) - set(aside)), "set_aside": sorted(aside)}


if __name__ == "__main__":
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    parted = part({row["policy_id"]: row["theme"] for row in rows})
    FILE.write_text(json.dumps(parted, indent=1) + "\n", "utf-8")
    print({name: len(ids) for name, ids in parted.items()})
