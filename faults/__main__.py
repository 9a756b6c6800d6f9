"""`make faults`: kills of every process under load. ARGS="--kills 5" for fewer, SEED= to repeat, ARGS=rolling for
two of each kind, restarted in turns.

The last line is `faults: K kills, L lost, D doubled`; the exit code tells whether both are 0.
"""

import argparse
import os
import secrets
import signal
import sys
import time

from faults import kills, rolling

KILLS = 60


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["kills", "rolling"], default="kills")
    parser.add_argument("--rounds", type=int, default=2, help="of rolling: how often each is ended in both ways")
    parser.add_argument(
        "--pooled", action="store_true", help="rolling: PgBouncer stands between (it must be installed)"
    )
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--only", default="", help="names of misfortunes with commas between, or none")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or secrets.randbelow(10**6)))
    chosen = parser.parse_args(arguments)
    print(f"faults: seed {chosen.seed}", flush=True)
    began = time.monotonic()
    names = chosen.only.split(",") if chosen.only else [one.__name__ for one in kills.MISFORTUNES]
    misfortunes = tuple(one for one in kills.MISFORTUNES if one.__name__ in names)
    if chosen.what == "rolling":
        return _rolling(chosen.rounds, pooled=chosen.pooled)
    number, found = kills.run(kills=chosen.kills, seed=chosen.seed, misfortunes=misfortunes)
    print(f"seed {chosen.seed}, {time.monotonic() - began:.0f} seconds")
    print(f"faults: {number} kills, {len(found.lost)} lost, {len(found.doubled)} doubled")
    return int(bool(found.lost or found.doubled))


def _rolling(rounds: int, *, pooled: bool) -> int:
    done = rolling.run(rounds=rounds, pooled=pooled)
    print(
        f"rolling: {done.ends} ends, {done.asked} pages, {len(done.failed)} failed, {done.cut} in flight,"
        f" {done.nobody} without a server, {len(done.found.lost)} lost, {len(done.found.doubled)} doubled"
    )
    return int(not done.is_whole)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is stopped
    sys.exit(main(sys.argv[1:]))
