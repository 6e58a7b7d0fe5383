#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the benchmarks of a Release build and prints every figure as one table: `python3 tests/bench/report.py [BUILD]`.

BUILD (default build/test) is a build folder. `--only NAME` (may stand several times) runs these alone. `--out FOLDER` (default
BUILD/figures) gets figures.json, figures.md and, where matplotlib is installed (Debian: python3-matplotlib), figures.svg.
Exit status 0 only if every benchmark ran and every figure keeps to its budget. Takes some 20 minutes; needs a quiet machine.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def run(program):
    """The figures of one program, and whether it ended well."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as figures:
        status = subprocess.run([program], env={**os.environ, "MONOCHORD_BENCH_FIGURES": figures.name}, check=False)
        found = [json.loads(line) for line in pathlib.Path(figures.name).read_text().splitlines()]
    return found, status.returncode == 0


def number(value):
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def table(all_figures):
    rows = ["| benchmark | figure | measured | beside it | ratio (quartiles) | budget |", "|---|---|---|---|---|---|"]
    for one in all_figures:
        ratio = beside = budget = ""
        if "ratio" in one:
            beside = f"{one['floor_name']}: {number(one['floor'])} {one['unit']}"
            ratio = f"{one['ratio']:.3f} ({one['lower']:.3f} to {one['upper']:.3f})"
        if one["budget"]:
            budget = f"{one['budget']:g}" + ("" if one["good"] else " **over**")
        rows.append(f"| {one['bench']} | {one['name']} | {number(one['value'])} {one['unit']} | {beside} | {ratio} | {budget} |")
    return "\n".join(rows)


def picture(all_figures, path, title):
    """Each figure that has a budget, as part of it."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "monochord"
    from matplotlib import pyplot

    shown = [one for one in all_figures if one["budget"]][::-1]
    parts = [one.get("ratio", one["value"]) / one["budget"] for one in shown]
    plot, axes = pyplot.subplots(figsize=(10, 0.34 * len(shown) + 1.4))
    axes.barh([f"{one['bench']}: {one['name']}" for one in shown], parts, color=["#3b7dd8" if one["good"] else "#c9402f" for one in shown])
    for at, (one, part) in enumerate(zip(shown, parts)):
        value = f"{one['ratio']:.2f} x" if "ratio" in one else f"{number(one['value'])} {one['unit']}"
        axes.text(min(part, 1.3) + 0.01, at, f"{value} of {one['budget']:g}", va="center", fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlim(0, 1.6)
    axes.set_xlabel("part of the budget that is used (shorter is better)")
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=8)
    plot.tight_layout()
    plot.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default="build/test", type=pathlib.Path)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    programs = sorted(path for path in (asked.build / "bin").glob("bench_*") if os.access(path, os.X_OK))
    if asked.only:
        programs = [path for path in programs if path.name.removeprefix("bench_") in asked.only]
    if not programs:
        sys.exit(f"there is no benchmark in {asked.build}/bin: build it in Release with tests first (cmake/test.sh does)")
    out = asked.out or asked.build / "figures"
    out.mkdir(parents=True, exist_ok=True)
    all_figures, broken = [], []
    for program in programs:
        name = program.name.removeprefix("bench_")
        print(f"--- {name}", flush=True)
        found, good = run(program)
        all_figures += [{"bench": name, **one} for one in found]
        if not found or not (good or any(not one["good"] for one in found)):
            broken.append(name)
    date = datetime.date.today().isoformat()
    title = f"{machine()}, {date}"
    (out / "figures.json").write_text(json.dumps({"machine": machine(), "date": date, "figures": all_figures}, indent=1) + "\n")
    page = f"{title}, `python3 tests/bench/report.py`:\n\n{table(all_figures)}\n"
    (out / "figures.md").write_text(page)
    print("\n" + page)
    try:
        picture(all_figures, out / "figures.svg", f"Monochord, {title}")
    except ImportError:
        print("no picture: matplotlib is not installed (Debian: apt-get install python3-matplotlib)")
    over = [f"{one['bench']}: {one['name']}" for one in all_figures if not one["good"]]
    for name in broken:
        print(f"FAILED: bench_{name} did not end well")
    for name in over:
        print(f"OVER ITS BUDGET: {name}")
    print(f"{len(all_figures)} figures in {out}")
    return 1 if broken or over else 0


if __name__ == "__main__":
    sys.exit(main())
