"""Ask the embedded facts for every option that every snapshot lists: `scripts/check_facts.py [data folder]`.

At the snapshot itself each must be an option, under its index path and with a name in place of each placeholder. Prints what is not.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from option_index.catalog import Catalog
from option_index.records import Standing, is_placeholder
from option_index.timeline import Point
from scripts.facts import sources


def main(folder: Path) -> int:
    """Return the number of options that are not resolved."""
    catalog, missing, asked, started = Catalog(), 0, 0, time.perf_counter()
    for module_set in sources.SETS:
        for source in sources.sources(module_set):
            options = catalog.options(module_set, Point(snapshot=source.label))
            assert options
            for path in sources.read_options(folder, source):
                concrete = tuple("some" if is_placeholder(segment) else segment for segment in path)
                for spelling in {path, concrete}:
                    asked += 1
                    standing = options.resolve(spelling).standing
                    if standing is not Standing.OPTION:
                        missing += 1
                        print(f"{module_set} {source.label}: {'.'.join(spelling)} is {standing.value}")
    print(f"{asked:,} paths asked in {time.perf_counter() - started:.1f} s, {missing} not resolved")
    return missing


if __name__ == "__main__":
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent.parent / "shared"
    sys.exit(main(data) > 0)
