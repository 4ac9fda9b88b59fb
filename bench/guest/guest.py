#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The unikernel: its size, the memory that it needs, its boot, and calls through its virtio device.

Prints lines as the other programs do. What it needs lies in the folder of the build above this file.
"""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(__file__).resolve().parents[2]
INFO = json.loads((BUILD / "meson-info/meson-info.json").read_text())
sys.path.insert(0, INFO["directories"]["source"] + "/guest/baremetal")
import sizes  # noqa: E402

IMAGES = BUILD / 'guest/baremetal'
SOURCE = pathlib.Path(sizes.__file__).resolve().parents[2]
PICTURES = SOURCE / 'models/digits/held-out'
QUICK = '--quick' in sys.argv
BOOTS = 1 if QUICK else 11
MEMORY_MOST = 4  # MiB
CALLS = BUILD / 'bench/guest/bench-calls'
MACHINES = ('q35', 'microvm')


def line(name, unit, value, yardstick, yardstick_value, interval=None, **bar):
    ratio = value / yardstick_value
    low, high = interval or (ratio, ratio)
    print(json.dumps({
        'name': name, 'unit': unit, 'value': value, 'yardstick': yardstick,
        'yardstick_value': yardstick_value, 'comparison': 'ratio', 'compared': ratio, 'low': low,
        'high': high, 'bar': bar or None, 'samples': 1}), flush=True)


def run(machine, image, *arguments, memory=MEMORY_MOST, files=None, plugins='opencv'):
    """What a unikernel said; None if it failed."""
    command = [BUILD / 'tools/vaccel-run', '--accel', 'tcg', '--machine', machine,
               '--memory', str(memory), '--env', 'BOOT_REPORT=1']
    command += ['--files', files] if files else []
    environment = {**os.environ, 'VACCEL_PLUGINS': str(plugins),
                   'VACCEL_VISION_MODELS': str(SOURCE / 'models/digits')}
    try:
        done = subprocess.run([*command, image, *arguments], env=environment, timeout=60, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def report_sizes():
    image = IMAGES / 'classify.elf'
    line('unikernel with classify: image', 'bytes', image.stat().st_size, '128 KiB', 128 * 1024,
         **{'on': 'value', 'is': 'at most', 'limit': 128 * 1024})
    for name in ('sgemm', 'classify'):
        line(f'unikernel with {name}: the library in it', 'bytes',
             sizes.sizes(IMAGES / f'{name}.elf')['library'], '48 KiB', 48 * 1024,
             **{'on': 'value', 'is': 'at most', 'limit': 48 * 1024})


def classify(machine, memory, files):
    said = run(machine, IMAGES / 'classify.elf', '.', memory=memory, files=files)
    return said and re.search(r'360 of 360 pictures classified', said)


def report_memory():
    for machine in MACHINES:
        enough = [m for m in range(2, MEMORY_MOST + 1) if classify(machine, m, PICTURES)]
        if enough:
            line(f'unikernel with classify: whole MiB of memory that do, {machine}', 'MiB',
                 min(enough), '4 MiB', 4, **{'on': 'value', 'is': 'at most', 'limit': 4})


def report_boot():
    """From power-on to main(), the firmware's part with it, beside a run of QEMU as a whole."""
    for machine in MACHINES:
        said = [run(machine, IMAGES / 'noop.elf', plugins='noop') or '' for _ in range(BOOTS)]
        found = [re.search(r'main\(\) ([\d.]+) ms after power-on, ([\d.]+) ms', s) for s in said]
        power_on, image = ([float(f[i]) for f in found if f] for i in (1, 2))
        line(f'unikernel: from power-on to main(), {machine}, TCG', 'ms',
             statistics.median(power_on), 'of it, the image itself', statistics.median(image))


def samples_of(text):
    found = {}
    for name, value in re.findall(r'^(noop|product) (\d+)$', text or '', re.MULTILINE):
        found.setdefault(name, []).append(int(value))
    return found


def native_calls():
    """The same program as a process, at a device of an agent's."""
    with tempfile.TemporaryDirectory() as folder:
        agent = subprocess.Popen([BUILD / 'agent/vaccel-agent', '--plugins', 'noop', '--listen',
                                  f'vhost-user://{folder}/device'], stderr=subprocess.PIPE, text=True)
        for said in agent.stderr:
            if 'listening' in said:
                break
        done = subprocess.run([CALLS], stdout=subprocess.PIPE, text=True, timeout=60,
                              env={**os.environ, 'VACCEL_PLUGINS': 'rpc',
                                   'VACCEL_RPC_ADDRESS': f'virtio://{folder}/device'})
        agent.terminate()
        agent.communicate()
    return samples_of(done.stdout)


def report_calls():
    native = native_calls()
    for machine in MACHINES:
        inside = samples_of(run(machine, BUILD / 'bench/guest/calls.elf', memory=32, plugins='noop'))
        for name, what in (('noop', 'NOOP'), ('product', 'a matrix of 8 MiB in place, nothing computed')):
            line(f'unikernel: {what}, {machine}, TCG', 'us', statistics.median(inside[name]) / 1e3,
                 'a process, user attach', statistics.median(native[name]) / 1e3)


def main():
    if not shutil.which('qemu-system-x86_64'):
        print('not installed: qemu-system-x86')
        return 77
    report_sizes()
    report_memory()
    report_boot()
    report_calls()
    return 0


if __name__ == '__main__':
    sys.exit(main())
