"""``make bench``: every comparison in one run, as a table and as ``bench/latest.json``."""

import json
from dataclasses import asdict
from pathlib import Path

from bench import matching, reading, sealing, sending, words

COMPARISONS = (
    words.run,
    sealing.run,
    matching.preview,
    matching.recall,
    reading.pages,
    reading.pdfs,
)


def main() -> None:
    """Run all comparisons."""
    found = [*(run() for run in COMPARISONS), *sending.workers()]
    for one in found:
        print(
            f"{one.job:<24} 本系统 {one.ours * 1000:8.1f} 毫秒   "
            f"{one.other} {one.theirs * 1000:8.1f} 毫秒   快 {one.ratio:.1f} 倍"
        )
    latest = Path(__file__).parent / "latest.json"
    rows = [{**asdict(one), "ratio": round(one.ratio, 2)} for one in found]
    latest.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
