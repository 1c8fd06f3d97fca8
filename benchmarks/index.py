"""What exact indexes cost: building from a channel's lists, opening, the first answers; time, and memory of a fresh process.

    python benchmarks/index.py OPTIONS.json[.br] [PACKAGES.json[.br]]

Times are the best of a few runs in milliseconds, and as a ratio to starting a bare interpreter on the same machine at the same time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
REVISION = "0123456789abcdef0123456789abcdef01234567"
COMMON = f"""
import json, resource, sys, time
from pathlib import Path
from option_index.cache import Cache
from option_index.readers.options_json import read_options
from option_index.readers.packages_json import read_packages
from option_index.store_file import Origin
from option_index.timeline import Point
cache = Cache(Path(sys.argv[1]))
point = Point(release="26.05", revision="{REVISION}")
marks = {{}}
def mark(name, since):
    marks[name] = (time.perf_counter() - since) * 1000
"""
REPORT = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
marks["peak memory, MB"] = peak / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps(marks))
"""
OPTIONS = """
start = time.perf_counter()
cache.build_options(Origin("nixos", point.revision, "benchmark"), "26.05", read_options(Path(sys.argv[2])))
mark("build options", start)
"""
PACKAGES = """
start = time.perf_counter()
cache.build_packages(Origin("packages", point.revision, "benchmark"), "26.05", read_packages(Path(sys.argv[2])))
mark("build packages", start)
"""
ASK = """
from option_index.catalog import Catalog
import option_index.store
start = time.perf_counter()
options = Catalog(cache.folder).options("nixos", point)
mark("open options", start)
start = time.perf_counter()
assert options.option(("services", "nginx", "enable")).description
mark("first option", start)
start = time.perf_counter()
assert len(options.children(("services",))) > 1000
mark("children of `services.`", start)
start = time.perf_counter()
options.children(("services", "nginx"))
mark("children of `services.nginx.`", start)
start = time.perf_counter()
options.resolve(("services", "nginx", "enabel"))
mark("an unknown path", start)
"""


def main() -> None:
    """Print one line a measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("options", type=Path)
    parser.add_argument("packages", type=Path, nargs="?")
    arguments = parser.parse_args()
    bare = min(_bare() for _ in range(5))
    print(f"{'bare interpreter':32} {bare:9.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        for code, source in ((OPTIONS, arguments.options), (PACKAGES, arguments.packages), (ASK, arguments.options)):
            if source is not None:
                _print(code, folder, source, bare)


def _bare() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return (time.perf_counter() - start) * 1000


def _print(code: str, folder: str, source: Path, bare: float) -> None:
    runs: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", COMMON + code + REPORT, folder, str(source)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append(json.loads(ran.stdout))
    for name in runs[0]:
        best = min(run[name] for run in runs)
        if name.endswith("MB"):
            print(f"{name:32} {best:9.1f}")
        else:
            print(f"{name:32} {best:9.1f} ms {best / bare:8.2f} × bare")


if __name__ == "__main__":
    main()
