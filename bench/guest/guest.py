#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The unikernel: its size, the memory that it needs, its boot, and calls through its virtio device.

Prints lines as the other programs do. What it needs lies in the folder of the build above this file.
"""
import contextlib
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
sys.path.insert(1, INFO["directories"]["source"] + "/tests/guest")
import debian  # noqa: E402
import qemu  # noqa: E402
import sizes  # noqa: E402

IMAGES = BUILD / 'guest/baremetal'
SOURCE = pathlib.Path(sizes.__file__).resolve().parents[2]
PICTURES = SOURCE / 'models/digits/held-out'
QUICK = '--quick' in sys.argv
BOOTS = 1 if QUICK else 11
MEMORY_MOST = 4  # MiB
CALLS = BUILD / 'bench/guest/bench-calls'
COUNTS_SIZE = 4 * 1024 * 1024  # at least that of struct copies
COPIED_CALLS = 5
MACHINES = ('q35', 'microvm')


def line(name, unit, value, yardstick, yardstick_value, interval=None, **bar):
    ratio = value / yardstick_value
    low, high = interval or (ratio, ratio)
    print(json.dumps({
        'name': name, 'unit': unit, 'value': value, 'yardstick': yardstick,
        'yardstick_value': yardstick_value, 'comparison': 'ratio', 'compared': ratio, 'low': low,
        'high': high, 'bar': bar or None, 'samples': 1}), flush=True)


def run(machine, image, *arguments, memory=MEMORY_MOST, files=None, plugins='opencv', agent=None,
        variable='BOOT_REPORT=1'):
    """What a unikernel said; None if it failed."""
    command = [BUILD / 'tools/vaccel-run', '--accel', 'tcg', '--machine', machine,
               '--memory', str(memory), '--env', variable]
    command += ['--files', files] if files else []
    command += ['--agent', agent] if agent else []
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
    for name, value in re.findall(r'^(rate|noop|small|product) (\d+)$', text or '', re.MULTILINE):
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
    ticks_in_us = native['rate'][0] / 1e3
    for machine in MACHINES:
        inside = samples_of(run(machine, BUILD / 'bench/guest/calls.elf', memory=32, plugins='noop'))
        for name, what in (('noop', 'NOOP'), ('product', 'a matrix of 8 MiB in place, nothing computed')):
            line(f'unikernel: {what}, {machine}, TCG', 'us', statistics.median(inside[name]) / ticks_in_us,
                 'a process, user attach', statistics.median(native[name]) / ticks_in_us)
        by_vsock = calls_over_vsock(machine)
        line(f'unikernel: NOOP over vsock, {machine}, TCG', 'us', statistics.median(by_vsock) / ticks_in_us,
             'over the accelerator', statistics.median(inside['noop']) / ticks_in_us)


@contextlib.contextmanager
def agent_at(address, plugins):
    with subprocess.Popen([BUILD / 'agent/vaccel-agent', '--plugins', plugins, '--listen', address],
                          stderr=subprocess.PIPE, text=True) as agent:
        while 'listening' not in agent.stderr.readline():
            pass
        yield agent
        agent.terminate()
        agent.communicate()


def calls_over_vsock(machine):
    with tempfile.TemporaryDirectory() as name:
        device = pathlib.Path(name) / 'vsock'
        with agent_at(f'vhost-vsock://{device}', 'noop'):
            said = qemu.boot(BUILD / 'bench/guest/calls_vsock.elf',
                             'VACCEL_RPC_ADDRESS=vsock://2:65500 noop',
                             [*qemu.shared_memory(machine, 32), *qemu.vsock(device, machine)]).output
    return samples_of(said)['noop']


def report_linux():
    """What a program in a Linux guest measures there, which reaches the agent over vsock."""
    program = BUILD / 'bench/guest/bench-vsock'
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        kernel = debian.unpack(folder)
        plugin = BUILD / 'plugins/rpc/libvaccel-rpc.so'
        initrd = debian.make_initrd(folder, kernel, BUILD / 'bench/guest/linux_run', debian.VSOCK,
                                    [program, plugin, *debian.libraries_of(program, plugin)])
        with agent_at(f'vhost-vsock://{folder}/vsock', 'noop'):
            said = qemu.run([*qemu.shared_memory('q35', 512), *qemu.COMMON, '-smp', '2',
                             *qemu.vsock(folder / 'vsock'), '-kernel', kernel.image, '-initrd', initrd,
                             '-append', f'{debian.WORDS} quiet VACCEL_PLUGINS=rpc '
                             f'VACCEL_RPC_ADDRESS=vsock://2:65500 -- {program}'
                             + (' --quick' if QUICK else '')], 240).output
    found = [text for text in said.splitlines() if text.startswith('{')]
    print('\n'.join(found), flush=True)
    return len(found) == 3 and 'wait status 0x0' in said


def lies_at(pid, address):
    """The byte of a file that is mapped there, in that process: (name, offset)."""
    for entry in pathlib.Path(f'/proc/{pid}/maps').read_text(encoding='utf-8').splitlines():
        span, _, offset, _, _, *name = entry.split(maxsplit=5)
        start, end = (int(number, 16) for number in span.split('-'))
        if start <= address < end:
            return name[0] if name else '', int(offset, 16) + address - start
    return '', 0


def is_in_place(agent, seen, own):
    """Whether a worker has there what the unikernel has at @own, of which it says the physical address."""
    threads = pathlib.Path(f'/proc/{agent.pid}/task').glob('*')
    children = ' '.join((thread / 'children').read_text() for thread in threads).split()
    return any(('memory-backend' in name, offset) == (True, own)
               for name, offset in (lies_at(child, seen) for child in children))


def count_copies(folder, times, image):
    """All that the agent copied while a unikernel made so many calls of each kind, and where they lay."""
    counts = folder / f'counts-{times}'
    counts.write_bytes(bytes(COUNTS_SIZE))
    environment = {**os.environ, 'BENCH_COPIES': str(counts),
                   'LD_PRELOAD': str(next(BUILD.glob('bench/libbench-count-copies.so')))}
    device = folder / f'device-{times}'
    plugins = ':'.join(str(next(BUILD.glob(path))) for path in
                       ('bench/remote/libvaccel-witness.so', 'plugins/noop/libvaccel-noop.so'))
    with subprocess.Popen([BUILD / 'agent/vaccel-agent', '--plugins', plugins, '--listen',
                           f'vhost-user://{device}'], env=environment, stderr=subprocess.PIPE,
                          text=True) as agent:
        while 'listening' not in agent.stderr.readline():
            pass
        places = {}
        with subprocess.Popen([BUILD / 'tools/vaccel-run', '--accel', 'tcg', '--memory', '256',
                               '--agent', device, image, str(times)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as guest:
            for said in guest.stdout:
                name, *addresses = said.split()
                if len(addresses) == 2:
                    places[name] = is_in_place(agent, *(int(a, 16) for a in addresses))
                if name == 'done':
                    break
        agent.terminate()
        agent.communicate()
    return int.from_bytes(counts.read_bytes()[:8], sys.byteorder), places


def report_copies(what='unikernel', image=BUILD / 'bench/guest/copies.elf'):
    """Of two runs that differ in how many calls they made, the difference is what a call copies."""
    with tempfile.TemporaryDirectory() as name:
        few, _ = count_copies(pathlib.Path(name), 1, image)
        many, places = count_copies(pathlib.Path(name), 1 + COPIED_CALLS, image)
    copied = (many - few) / COPIED_CALLS
    line(f'{what}: bytes copied by the agent for a picture of 1 MiB in PNG, one of 8 MiB raw, and '
         'matrices of 24 MiB', 'bytes', copied, 'the picture in PNG', 1024 * 1024,
         **{'on': 'compared', 'is': 'at most', 'limit': 1})
    return places


def report_places(what, places):
    """Of a machine whose addresses are physical ones."""
    line(f'{what}: of three matrices and a raw picture, used where it has them', '', sum(places.values()),
         'all four', 4, **{'on': 'compared', 'is': 'at least', 'limit': 1})


def main():
    if not shutil.which('qemu-system-x86_64'):
        print('not installed: qemu-system-x86')
        return 77
    report_sizes()
    report_memory()
    report_boot()
    report_calls()
    report_places('unikernel', report_copies())
    return 0 if report_linux() else 1


if __name__ == '__main__':
    sys.exit(main())
