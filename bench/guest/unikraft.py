#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images of Unikraft, made by hand by guest/unikraft/app, beside the reference unikernel.

Prints lines as the other programs do; run.py BUILD unikraft makes a table of them. Both kinds of machine take
turns, by the same vaccel-run and the same programs.
"""
import contextlib
import importlib.machinery
import importlib.util
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LOADER = importlib.machinery.SourceFileLoader('guest', str(HERE / 'bench-guest'))
guest = importlib.util.module_from_spec(importlib.util.spec_from_loader('guest', LOADER))
LOADER.exec_module(guest)

IMAGES = guest.BUILD / 'unikraft'
NEEDED = ('boot', 'calls', 'classify', 'copies', 'noop', 'without')
ROUNDS = 11
MEMORY = 64  # MiB: Unikraft's allocator makes a power of two of each block
MEMORY_MOST = 8
CORES = sorted(os.sched_getaffinity(0))
# For how long both sides look before they sleep, in microseconds, and the core of the agent; the machine has the
# first. Which cores two that sleep are on makes most of the time that they need to wake.
WAITS = {'spinning, two cores': (50, CORES[-1]), 'not spinning, one core': (0, CORES[0])}
CALLS = {'noop': 'NOOP', 'small': 'a product of 2 x 2, nothing computed',
         'product': 'a matrix of 8 MiB in place, nothing computed'}


def image(name):
    return IMAGES / name / f'{name}_qemu-x86_64'


def reference(name):
    folder = guest.IMAGES if name in ('classify', 'noop') else HERE
    return folder / f'{name}.elf'


def pairs(measure):
    """What measure() found for both, by turns: lists of dictionaries."""
    found = {image: [], reference: []}
    for i in range(ROUNDS):
        for which in (image, reference) if i % 2 else (reference, image):
            found[which].append(measure(which))
    return found[image], found[reference]


def interval(values):
    """The median's, of 95 %, by ranks."""
    values = sorted(values)
    rank, outside = 0, 0.0
    while True:
        outside += 2 * math.comb(len(values), rank) / 2 ** len(values)
        if outside > 0.05:
            break
        rank += 1
    rank = max(rank - 1, 0)
    return values[rank], values[-1 - rank]


def compare(what, unit, ours, yardstick, scale, **bar):
    ratios = [a / b for a, b in zip(ours, yardstick)]
    low, high = interval(ratios)
    value = statistics.median(ours) / scale
    ratio = statistics.median(ratios)
    guest.line(f'Unikraft: {what}', unit, value, 'the reference unikernel', value / ratio, (low, high),
               **bar)


def report_sizes():
    with_library, without = (image(name).stat().st_size for name in ('noop', 'without'))
    guest.line('Unikraft: what noop is longer with the library and its calls', 'bytes',
               with_library - without, '64 KiB', 64 * 1024,
               **{'on': 'value', 'is': 'at most', 'limit': 64 * 1024})
    for name in ('noop', 'classify'):
        guest.line(f'Unikraft: image of {name}', 'bytes', image(name).stat().st_size,
                   'the reference unikernel', reference(name).stat().st_size)


def report_memory():
    for machine in guest.MACHINES:
        least = [next((m for m in range(2, MEMORY_MOST + 1)
                       if re.search('360 of 360', guest.run(machine, which('classify'), '.', memory=m,
                                                            files=guest.PICTURES) or '')), MEMORY_MOST + 1)
                 for which in (image, reference)]
        guest.line(f'Unikraft: whole MiB of memory that do for classify, {machine}', 'MiB', least[0],
                   'the reference unikernel', least[1],
                   **{'on': 'value', 'is': 'at most', 'limit': MEMORY_MOST})


def main_began(machine, which):
    said = guest.run(machine, which('boot'), plugins='noop', memory=MEMORY) or ''
    return float(re.search(r'^main (\d+)', said, re.MULTILINE)[1])


def report_boot(ticks_in_ms):
    for machine in guest.MACHINES:
        ours, yardstick = pairs(lambda which: main_began(machine, which))
        compare(f'from power-on to main(), {machine}, TCG', 'ms', ours, yardstick, ticks_in_ms)


@contextlib.contextmanager
def on_core(core):
    """Where what is started begins."""
    os.sched_setaffinity(0, {core})
    yield
    os.sched_setaffinity(0, CORES)


def medians_of_calls(machine, spin, core, which):
    with tempfile.TemporaryDirectory() as folder:
        device = f'{folder}/device'
        settings = pathlib.Path(folder, 'agent.toml')
        settings.write_text(f'[device]\nspin_us = {spin}\n', encoding='utf-8')
        with on_core(core):
            agent = subprocess.Popen([guest.BUILD / 'agent/vaccel-agent', '--plugins', 'noop', '--config',
                                      settings, '--listen', f'vhost-user://{device}'],
                                     stderr=subprocess.PIPE, text=True)
        while 'listening' not in agent.stderr.readline():
            pass
        with on_core(CORES[0]):
            said = guest.run(machine, which('calls'), memory=MEMORY, variable=f'VACCEL_RPC_SPIN={spin}',
                             agent=device)
        agent.terminate()
        agent.communicate()
    return {name: statistics.median(values) for name, values in guest.samples_of(said).items()}


def report_calls(ticks_in_us):
    for machine in guest.MACHINES:
        for wait, (spin, core) in WAITS.items():
            ours, yardstick = pairs(lambda which: medians_of_calls(machine, spin, core, which))
            for name, what in CALLS.items():
                compare(f'{what}, {wait}, {machine}, TCG', 'us', [found[name] for found in ours],
                        [found[name] for found in yardstick], ticks_in_us,
                        **{'on': 'compared', 'is': 'at most', 'limit': 1.5})


def main():
    missing = [name for name in NEEDED if not image(name).exists()]
    if missing:
        print(f'{image(missing[0])} was not made: see bench/README.md')
        return 77
    report_sizes()
    report_memory()
    ticks_in_ms = guest.native_calls()['rate'][0]
    report_boot(ticks_in_ms)
    report_calls(ticks_in_ms / 1e3)
    guest.report_places('Unikraft', guest.report_copies('Unikraft', image('copies')))
    return 0


if __name__ == '__main__':
    sys.exit(main())
