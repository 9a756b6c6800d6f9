"""`make faults`: kills of every process under load. ARGS="--kills 5" for fewer, SEED= to repeat, ARGS=rolling for restarts.

The last line is `faults: K kills, L lost, D doubled`; the exit code tells whether both are 0.
"""

import argparse
import os
import secrets
import signal
import sys
import time

from faults import kills

KILLS = 60


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--only", default="", help="names of misfortunes with commas between, or none")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or secrets.randbelow(10**6)))
    chosen = parser.parse_args(arguments)
    print(f"faults: seed {chosen.seed}", flush=True)
    began = time.monotonic()
    names = chosen.only.split(",") if chosen.only else [one.__name__ for one in kills.MISFORTUNES]
    misfortunes = tuple(one for one in kills.MISFORTUNES if one.__name__ in names)
    number, found = kills.run(kills=chosen.kills, seed=chosen.seed, misfortunes=misfortunes)
    print(f"seed {chosen.seed}, {time.monotonic() - began:.0f} seconds")
    print(f"faults: {number} kills, {len(found.lost)} lost, {len(found.doubled)} doubled")
    return int(bool(found.lost or found.doubled))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is stopped
    sys.exit(main(sys.argv[1:]))
