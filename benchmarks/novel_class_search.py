#!/usr/bin/env python3
"""The searched pipeline of novel_class_discovery against each single method with its defaults, on the novel test rows.

  benchmarks/novel_class_search.py [--bin build/release/bin] [--sets optdigits,letter,mfeat_fac,satellite] [--modes known,estimate]
      [--seeds 1,2,3,4,5] [--candidates 16] [--confirm TOP,REPEATS] [--only METHOD] [--epochs N] [--jobs 1] [--rows FILE] [--summary FILE]
      [--markdown] [--json]

Each search (TPE over all methods and their hyperparameters, which begins with every method's defaults) is judged by classes that
play novel, and never sees a novel label; its best candidate and every method alone are then told the test rows, once. "known": the
number of novel classes is given; "estimate": it is not. What is printed: means over seeds, and differences found - method by pairs
of one seed with a 95 % interval (Student's t). With --confirm, the best candidates are judged again, with other classes hidden, and
the best of them by that is told (final.top and final.repeats of the run). Where the search does not win, the line says so. Then what
the run's own accounting says of reuse: hits, how many of them are of genomes that were not identical, wrong merges among all of them
(each was computed again), and seconds of a probe and of an evaluation. --rows: one JSON line a search is added to the file as it ends,
and what it holds already, of the same budget, is not searched again; --summary: prints what a file holds, without searching;
--markdown: as a table.
"""
import argparse
import collections
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SETS = {  # novel classes, epochs of a trial
    "optdigits": (["0", "3", "4", "5", "6"], 10),
    "letter": (["A", "D", "H", "M", "P", "V", "X"], 5),
    "mfeat_fac": (["1", "3", "6", "7", "9"], 10),
    "satellite": (["red_soil", "damp_grey_soil", "vegetation_stubble"], 10),
}
# Student's t, two-sided 95 %, by degrees of freedom.
T95 = [math.inf, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]


def configuration(name, mode, seed, options):
    novel, epochs = SETS[name]
    epochs = options.epochs or epochs
    return {
        "name": f"{name}_{mode}", "seed": seed, "evaluator": "novel_class_discovery",
        "data": {"file": os.path.join(os.path.abspath(options.data), name + ".csv.gz"), "target": "label", "split": "split", "novel": novel},
        "options": {"k": {"mode": mode, "max": 15, "repeats": 2, "sample": 800}, "train": {"epochs": epochs}, "restarts": 5,
                    "max_rows": 1200},
        "budget": {"candidates": options.candidates}, "workers": {"count": 1},
        **({"space": {"parameters": {"method": {"values": [options.only]}}}} if options.only else {}),
        "search": {"algorithm": "tpe", "startup_candidates": 10, "initial": {"references": True}},
        "hashing": {"policy": "reuse", "verify_fraction": 1.0}, "final": dict(zip(("top", "repeats"), options.confirm)),
    }


def called(options, *arguments):
    return subprocess.run([os.path.join(options.bin, "equivolve"), *arguments], check=True, capture_output=True, text=True).stdout


def searched(name, mode, seed, options):
    with tempfile.TemporaryDirectory() as folder:
        file, store, export = (os.path.join(folder, end) for end in ("run.yaml", "runs.db", "candidates.jsonl"))
        with open(file, "w") as out:
            json.dump(configuration(name, mode, seed, options), out)  # JSON is YAML
        called(options, "run", file, "--store", store, "--quiet")
        run = json.loads(called(options, "show", "1", "--store", store, "--json").strip().splitlines()[-1])
        run = run.get("run", run) if isinstance(run.get("run"), dict) else run
        called(options, "export", "1", "--store", store, "--out", export, "--quiet")
        with open(export) as lines:
            genomes = [json.loads(line)["genome"] for line in lines]
    row = {key: run[key] for key in ("candidates", "evaluations", "cache_hits", "verified", "wrong_hits", "probe_seconds", "evaluation_seconds",
                                     "seconds")}
    row.update(set=name, mode=mode, seed=seed, budget=budget(name, options), identical=len(genomes) - len(set(genomes)), found=run["best"]["text"],
               accuracy={"found": run["best"]["test"]["accuracy"]}, classes={"found": run["best"]["test"]["novel_classes"]})
    for method, reference in run["references"].items():
        row["accuracy"][method] = reference["test"]["accuracy"]
        row["classes"][method] = reference["test"]["novel_classes"]
    if options.rows:
        with open(options.rows, "a") as out:
            out.write(json.dumps(row) + "\n")
    return row


def budget(name, options):
    """What the searches of one set have in common."""
    confirmed = "" if options.confirm == [1, 1] else ", the best {} confirmed by {} seeds".format(*options.confirm)
    return f"{options.candidates} candidates of {options.epochs or SETS[name][1]} epochs, {options.only or 'all methods'}{confirmed}"


def held(file):
    """The rows of a file, none where there is none."""
    if not file or not os.path.exists(file):
        return []
    with open(file) as lines:
        return [json.loads(line) for line in lines]


def t95(freedom):
    """Beyond the table by the expansion in powers of 1 / freedom (Abramowitz, Stegun 1964, 26.7.5)."""
    if freedom < len(T95):
        return T95[freedom]
    z = statistics.NormalDist().inv_cdf(0.975)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def interval(differences):
    """Mean and half width."""
    n = len(differences)
    spread = statistics.stdev(differences) if n > 1 else math.inf
    return statistics.mean(differences), t95(n - 1) * spread / math.sqrt(n)


def compared(rows):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["set"], row["mode"]].append(row)
    return groups


def verdict(mean, half):
    rounding = 1e-9  # equal accuracies are sums in another order
    if mean - half > rounding:
        return "wins"
    return "LOSES" if mean + half < -rounding else "does not win"


def print_group(name, mode, rows):
    found = [100 * row["accuracy"]["found"] for row in rows]
    methods = collections.Counter(row["found"].splitlines()[0].split(": ")[1] for row in rows)
    print(f"\n{name}, number of classes {mode}, {len(rows)} searches: found {statistics.mean(found):.1f} +- {statistics.pstdev(found):.1f} % "
          f"({', '.join(f'{method} {count}' for method, count in methods.most_common())}; classes "
          f"{statistics.mean(row['classes']['found'] for row in rows):.1f})")
    for method in rows[0]["accuracy"]:
        if method == "found":
            continue
        alone = [100 * row["accuracy"][method] for row in rows]
        mean, half = interval([a - b for a, b in zip(found, alone)])
        print(f"  {method:16} {statistics.mean(alone):5.1f} +- {statistics.pstdev(alone):4.1f} %, classes "
              f"{statistics.mean(row['classes'][method] for row in rows):4.1f}   found - it {mean:+6.1f} [{mean - half:+6.1f}, {mean + half:+6.1f}]  "
              f"{verdict(mean, half)}")


def print_table(rows):
    """Found, and found - method, with wins and losses in bold; in the last line over all searches."""
    methods = [method for method in rows[0]["accuracy"] if method != "found"]
    print("| set | classes | found (searches) | " + " | ".join(methods) + " |")
    print("| --- | --- | --- |" + " --- |" * len(methods))

    def print_line(title, group):
        found = [100 * row["accuracy"]["found"] for row in group]
        cells = []
        for method in methods:
            mean, half = interval([a - 100 * row["accuracy"][method] for a, row in zip(found, group)])
            mark = "" if verdict(mean, half) == "does not win" else "**"
            limits = f"[{mean - half:+.0f}, {mean + half:+.0f}]" if math.isfinite(half) else "(one)"
            cells.append(f"{mark}{mean:+.1f} {limits}{mark}")
        print(f"| {title} | {statistics.mean(found):.1f} ({len(found)}) | " + " | ".join(cells) + " |")

    groups = compared(rows)
    for (name, mode), group in sorted(groups.items()):
        print_line(f"{name} | {'given' if mode == 'known' else 'estimated'}", group)
    if len(groups) > 1:
        print_line("all | ", rows)


def accounting(rows):
    total = {key: sum(row[key] for row in rows) for key in ("candidates", "evaluations", "cache_hits", "identical", "verified", "wrong_hits",
                                                            "probe_seconds", "evaluation_seconds")}
    probe = total["probe_seconds"] / max(1, total["candidates"])
    # Each hit was computed again, for verification.
    trial = total["evaluation_seconds"] / max(1, total["evaluations"])
    return {**total, "beyond_identical": max(0, total["cache_hits"] - total["identical"]), "probe_ms": 1000 * probe, "trial_ms": 1000 * trial,
            "probe_share": probe / trial if trial else math.nan}


def printed(rows):
    for (name, mode), group in compared(rows).items():
        print_group(name, mode, sorted(group, key=lambda row: row["seed"]))
    a = accounting(rows)
    print(f"\n{a['candidates']} candidates, {a['cache_hits']} known by their probe, {a['beyond_identical']} of these with a genome of their own; "
          f"{a['verified']} computed again, {a['wrong_hits']} wrong; a probe {a['probe_ms']:.1f} ms, an evaluation {a['trial_ms']:.0f} ms "
          f"({100 * a['probe_share']:.2f} %)")


def figures(rows):
    """How often the search wins and loses, over sets, modes and methods."""
    outcomes = collections.Counter()
    for group in compared(rows).values():
        found = [row["accuracy"]["found"] for row in group]
        for method in group[0]["accuracy"]:
            if method != "found":
                outcomes[verdict(*interval([a - row["accuracy"][method] for a, row in zip(found, group)]))] += 1
    return {"searches": len(rows), "gain": 100 * statistics.mean(row["accuracy"]["found"] - row["accuracy"].get("pbn", math.nan) for row in rows), "wins": outcomes["wins"], "loses": outcomes["LOSES"], "open": outcomes["does not win"], **accounting(rows)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--data", default=os.path.join(ROOT, "data"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--modes", default="known,estimate")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--candidates", type=int, default=16)
    parser.add_argument("--confirm", type=lambda text: [int(part) for part in text.split(",")], default=[1, 1])
    parser.add_argument("--only", help="search among the hyperparameters of this method alone")
    parser.add_argument("--epochs", type=int, help="of a trial; by default as many as each set is given")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rows")
    parser.add_argument("--summary")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.summary:
        rows = held(options.summary)
    else:
        wanted = [(name, mode, int(seed)) for seed in options.seeds.split(",") for name in options.sets.split(",") for mode in options.modes.split(",")]
        rows = [row for row in held(options.rows) if row.get("budget") == budget(row["set"], options) and (row["set"], row["mode"], row["seed"]) in wanted]
        done = {(row["set"], row["mode"], row["seed"]) for row in rows}
        with ThreadPoolExecutor(options.jobs) as pool:
            rows += pool.map(lambda one: searched(*one, options), [one for one in wanted if one not in done])
    if options.markdown:
        print_table(rows)
    elif options.json:
        print(json.dumps(figures(rows)))
    else:
        printed(rows)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{' '.join(failed.cmd)}: {failed.stderr}")
