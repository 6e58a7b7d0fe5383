#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every benchmark of a Release build and prints their figures as one table: `python3 tests/bench/report.py [BUILD]`.

BUILD (default build/test) is a build folder. `--only NAME` (may stand several times) runs these alone. `--out FOLDER` (default
BUILD/figures) gets figures.json and, where matplotlib is installed (Debian: python3-matplotlib), figures.svg.
`--publish` writes them to docs/, with the tables of docs/performance.md and README.md; `--published` checks that these say
what docs/figures.json says, and runs nothing. With `--only` it replaces the figures of these alone, on the machine of the others;
the date then says from when to when they were measured.
Exit status 0 only if every benchmark ran and every figure keeps to its budget. Takes half an hour; needs a quiet machine.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCS = TOP / "docs"
COMMAND = "python3 tests/bench/report.py"
OVER = "**over**"


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def run(command):
    """The figures of one program, and whether it came to its end: 0, or 1 (ctest: 8) when something is over its budget."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as figures:
        status = subprocess.run(command, env={**os.environ, "MONOCHORD_BENCH_FIGURES": figures.name}, check=False, timeout=3600, stdin=subprocess.DEVNULL)
        found = [json.loads(line) for line in pathlib.Path(figures.name).read_text().splitlines()]
    return found, bool(found) and status.returncode in (0, 1, 8)


def number(value):
    if value == int(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def ratio(one):
    spread = f" ({one['lower']:.3f} to {one['upper']:.3f})" if "lower" in one else ""
    return f"{one['ratio']:.3f}{spread}"


def table(figures):
    rows = ["| benchmark | figure | measured | beside it | ratio (quartiles) | budget |", "|---|---|---|---|---|---|"]
    for one in figures:
        beside = f"{one['floor_name']}: {number(one['floor'])} {one['unit']}" if "ratio" in one else ""
        budget = f"{one['budget']:g}" + ("" if one["good"] else f" {OVER}") if one["budget"] else ""
        rows.append(f"| {one['bench']} | {one['name']} | {number(one['value'])} {one['unit']} | {beside} | "
                    f"{ratio(one) if 'ratio' in one else ''} | {budget} |")
    return "\n".join(rows)


def short_table(figures):
    """What has a budget."""
    rows = ["| what | measured | budget |", "|---|---|---|"]
    for one in figures:
        if one["budget"]:
            measured = (f"{one['ratio']:.2f} x {one['floor_name']} ({number(one['value'])} {one['unit']})" if "ratio" in one
                        else f"{number(one['value'])} {one['unit']}")
            budget = f"{one['budget']:g}" + (" x" if "ratio" in one else f" {one['unit']}".rstrip()) + ("" if one["good"] else f", {OVER}")
            rows.append(f"| {one['bench']}: {one['name']} | {measured} | {budget} |")
    return "\n".join(rows)


def source_of(result):
    return f"{result['machine']}, {result['date']}, `{COMMAND}`"


def filled(page, text):
    """The page with `text` between its two marks."""
    marks = r"(<!-- figures -->\n).*?(<!-- end of figures -->)"
    if not re.search(marks, page, re.S):
        sys.exit("a page has lost its marks for the figures")
    return re.sub(marks, lambda found: found.group(1) + text + "\n" + found.group(2), page, flags=re.S)


def pages(result):
    """What README.md and docs/performance.md should be."""
    figures, source = result["figures"], source_of(result)
    for path, text in ((TOP / "README.md", short_table(figures)), (DOCS / "performance.md", table(figures))):
        yield path, filled(path.read_text(), f"{source}:\n\n{text}\n")


def picture(result, path):
    """Each figure that has a budget, as part of it."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "monochord"
    from matplotlib import pyplot

    shown = [one for one in result["figures"] if one["budget"]][::-1]
    parts = [one.get("ratio", one["value"]) / one["budget"] for one in shown]
    plot, axes = pyplot.subplots(figsize=(11, 0.34 * len(shown) + 1.4))
    axes.barh([f"{one['bench']}: {one['name']}" for one in shown], parts, color=["#3b7dd8" if one["good"] else "#c9402f" for one in shown])
    for at, (one, part) in enumerate(zip(shown, parts)):
        value = f"{one['ratio']:.3g} x" if "ratio" in one else f"{number(one['value'])} {one['unit']}".rstrip()
        axes.text(min(part, 1.3) + 0.01, at, f"{value} of {one['budget']:g}", va="center", fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlim(0, 1.6)
    axes.set_xlabel("part of the budget that is used (shorter is better)")
    axes.set_title(f"Monochord, {result['machine']}, {result['date']}", fontsize=9)
    axes.tick_params(labelsize=8)
    plot.tight_layout()
    plot.savefig(path, metadata={"Date": None})


def write(result, out):
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(result, indent=1) + "\n")
    try:
        picture(result, out / "figures.svg")
    except ImportError:
        print("no picture: this Python has no matplotlib (Debian: apt-get install python3-matplotlib, /usr/bin/python3)")


def check_published():
    result = json.loads((DOCS / "figures.json").read_text())
    wrong = [path for path, text in pages(result) if path.read_text() != text]
    for path in wrong:
        print(f"{path.relative_to(TOP)} does not say what docs/figures.json says: `{COMMAND} --publish` writes both")
    print(f"{len(result['figures'])} figures, {len(wrong)} pages that differ")
    return 1 if wrong or not result["figures"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default="build/test", type=pathlib.Path)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--published", action="store_true")
    asked = parser.parse_args()
    if asked.published:
        return check_published()
    if asked.publish:
        for _ in pages({"machine": "", "date": "", "figures": []}):
            pass  # their marks are there
    programs = [asked.build / "bin" / f"bench_{source.stem}" for source in sorted((TOP / "tests" / "bench").glob("*.cpp"))]
    commands = {program.name.removeprefix("bench_"): [str(program)] for program in programs}
    if not all(os.access(program, os.X_OK) for program in programs):
        sys.exit(f"not every benchmark is in {asked.build}/bin: build them in Release with tests first (cmake/test.sh does)")
    commands["compile"] = ["ctest", "--test-dir", str(asked.build), "-R", "^compile_cost$", "--output-on-failure"]
    all_names = list(commands)
    if asked.only:
        if unknown := set(asked.only) - set(commands):
            parser.error(f"there is no {', '.join(sorted(unknown))}, but {', '.join(commands)}")
        commands = {name: command for name, command in commands.items() if name in asked.only}
    day = {"machine": machine(), "date": datetime.date.today().isoformat()}
    others = {}
    if asked.publish and asked.only:
        before = json.loads((DOCS / "figures.json").read_text())
        if before["machine"] != day["machine"]:
            parser.error(f"the other figures are of {before['machine']}: publish all of them")
        first = before["date"].split(" to ")[0]
        if first != day["date"]:
            day["date"] = f"{first} to {day['date']}"
        others = {name: [one for one in before["figures"] if one["bench"] == name] for name in all_names if name not in commands}
    figures, broken = [], []
    for name, command in commands.items():
        print(f"--- {name}", flush=True)
        found, good = run(command)
        figures += [{"bench": name, **one} for one in found]
        if not good:
            broken.append(name)
    of_each = {name: others.get(name) or [one for one in figures if one["bench"] == name] for name in all_names}
    figures = [one for name in all_names for one in of_each[name]]
    result = {**day, "figures": figures}
    out = asked.out or (DOCS if asked.publish and not broken else asked.build / "figures")
    write(result, out)
    print(f"\n{source_of(result)}:\n\n{table(figures)}\n")
    if asked.publish and not broken:
        for path, text in pages(result):
            path.write_text(text)
    for name in broken:
        print(f"FAILED: {name} did not end well")
    over = [f"{one['bench']}: {one['name']}" for one in figures if not one["good"]]
    for name in over:
        print(f"OVER ITS BUDGET: {name}")
    print(f"{len(figures)} figures in {out}")
    return 1 if broken or over else 0


if __name__ == "__main__":
    sys.exit(main())
