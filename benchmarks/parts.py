"""What programs have in common that measure one part of something with the built programs: `PROGRAM PART [--bin FOLDER] [--json]`."""
import argparse
import json
import os
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def write(folder, name, text):
    """A file, by its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def print_part(documentation, parts, make_engine):
    """Prints the figures of the part that was asked for: names and numbers, or one JSON object. `parts`: functions of an engine, by
    name; `make_engine`: of the folder of the programs and one to work in, which is gone afterwards."""
    parser = argparse.ArgumentParser(description=documentation.splitlines()[0])
    parser.add_argument("part", choices=parts)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = parts[args.part](make_engine(os.path.abspath(args.bin), folder))
    if args.json:
        print(json.dumps(out))
    else:
        for name, value in out.items():
            print(f"{name:28} {value:.6g}")
