#!/usr/bin/env python3
"""Runs every row of targets.yaml and prints goal / measured / pass, with the machine and its load."""
import argparse
import json
import operator
import os
import platform
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def figure_of(answer, path):
    for part in path.split("."):
        answer = answer[part]
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--only", help="run the rows whose id starts with this")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    data = os.environ.get("EQUIVOLVE_TEST_DATA", "")  # for rows on files that are not shipped
    with open(os.path.join(ROOT, "benchmarks", "targets.yaml"), encoding="utf-8") as file:
        rows = yaml.safe_load(file)
    info = json.loads(subprocess.run([program, "info", "--json"], check=True, capture_output=True, text=True).stdout)
    print(f"machine {cpu_name()}, {info['cores']} cores, kernel {info['kernel']}, load {os.getloadavg()[0]:.2f}")
    print(f"{'id':28} {'goal':>10} {'measured':>12}  pass  promise")
    answers, missed = {}, 0
    for row in rows:
        source = row.get("same_as", row["id"])
        if args.only and not source.startswith(args.only):
            continue
        if source not in answers and any("{data}" in part for part in row.get("command", [])) and not data:
            answers[source] = None
        if source not in answers:
            places = {"{program}": program, "{bin}": os.path.dirname(program), "{data}": data}
            command = row["command"]
            for name, place in places.items():
                command = [part.replace(name, place) for part in command]
            answers[source] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
        if answers[source] is None:
            print(f"{row['id']:28} {row['goal']:>10} {'-':>12}  -    {row['promise']} (needs EQUIVOLVE_TEST_DATA)", flush=True)
            continue
        measured = figure_of(answers[source], row["figure"])
        sign, bound = row["goal"].split()
        good = COMPARE[sign](measured, float(bound))
        missed += not good
        rival = f" (rival: {row['rival']})" if "rival" in row else ""
        print(f"{row['id']:28} {row['goal']:>10} {measured:12.4g}  {'yes ' if good else 'NO  '}  {row['promise']}{rival}", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
