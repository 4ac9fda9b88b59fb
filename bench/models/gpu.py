#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A network of the shape of ResNet-50 with libtorch on a GPU: by libtorch itself, by the plugin torch in the
process, and by it behind an agent, from ordinary memory and from pinned.

Prints lines as the other programs do. With VACCEL_TORCH_DEVICE=cpu it does the same without a GPU, which
shows that it works, and nothing else.
"""
import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile

BUILD = pathlib.Path(__file__).resolve().parents[2]
INFO = json.loads((BUILD / 'meson-info/meson-info.json').read_text())
SOURCE = pathlib.Path(INFO['directories']['source'])
sys.path.insert(0, str(SOURCE / 'bench/models'))
import networks  # noqa: E402
import turns  # noqa: E402

QUICK = '--quick' in sys.argv
ON_CPU = os.environ.get('VACCEL_TORCH_DEVICE') == 'cpu'
BATCHES = (1, 2) if QUICK or ON_CPU else (1, 32)
STARTS = 1 if QUICK or ON_CPU else 3  # of the processes
SAMPLES = 3 if QUICK or ON_CPU else 21  # of each start
BEFORE, CALLS = (0, 1) if QUICK or ON_CPU else (5, 10)  # of a turn; the first find nothing warm
# Who launches kernels does so on one and the same processor, as one can take half as long again as another.
CORES = sorted(os.sched_getaffinity(0))
LAUNCHING, CALLING = CORES[-1:], CORES[:1]
NETWORK = networks.DIGITS if QUICK else networks.RESNET
BARE = BUILD / 'bench/models/bench-model-torch'
OURS = BUILD / 'bench/models/bench-model-vaccel'
NATIVE = {'VACCEL_PLUGINS': str(turns.library_of(BUILD, 'torch'))}
HAS_AGENT = (BUILD / 'agent/vaccel-agent').exists()

# What is compared with what, and the most that the lower end of the interval may be, at which batch.
COMPARED = [
    ('plugin', 'libtorch', 1.01, BATCHES),
    ('plugin, pinned', 'libtorch, pinned', 1.01, BATCHES),
    ('plugin, pinned', 'plugin', None, BATCHES),
    ('user attach', 'plugin', 1.02, BATCHES),
    ('user attach, one processor', 'plugin', 1.02, BATCHES),
    ('unix', 'plugin', 1.08, BATCHES[:1]),
    ('unix', 'plugin', None, BATCHES[1:]),
]


def where():
    return 'processor' if ON_CPU else 'GPU'


def begin(runners, name, program, model, batch, cores=LAUNCHING, **how):
    """One whose memory cannot be had is left out, and that is told."""
    runner = turns.Runner(program, model, [f':{NETWORK.form(batch)}'], cores=cores, **how)
    try:
        runner.load()
        runner.ask('unload')
        runners[name] = runner
    except turns.CannotRun as why:
        print(f'left out: {name}: {why}', file=sys.stderr)


def agent(stack, kind, environment=None):
    """The environment of its clients."""
    return stack.enter_context(turns.agent(BUILD, kind, 'torch', environment=environment, cores=LAUNCHING))


def begin_all(stack, runners, model, batch):
    begin(runners, 'libtorch', BARE, model, batch)
    begin(runners, 'libtorch, pinned', BARE, model, batch, memory='pinned')
    begin(runners, 'plugin', OURS, model, batch, environment=NATIVE)
    begin(runners, 'plugin, pinned', OURS, model, batch, memory='pinned', environment=NATIVE)
    if not HAS_AGENT:
        print('left out: unix, user attach: the agent is not built (tomlplusplus)', file=sys.stderr)
        return
    begin(runners, 'unix', OURS, model, batch, CALLING, environment=agent(stack, 'unix'))
    for name, cores in (('user attach', CALLING), ('user attach, one processor', LAUNCHING)):
        begin(runners, name, OURS, model, batch, cores, memory='shared',
              environment=agent(stack, 'user attach'))


def compare(model, batch):
    taken = turns.gather(lambda stack, runners: begin_all(stack, runners, model, batch),
                         STARTS, SAMPLES, CALLS, BEFORE)
    for ours, yardstick, bar, batches in COMPARED:
        if ours in taken and yardstick in taken and batch in batches:
            turns.print_line(f'{NETWORK.name}, batch {batch}, {where()}: {ours}', 'ms', taken[ours],
                             yardstick, taken[yardstick], bar)


def report_loads(model):
    """Of the second session the model is there: beside the first, it costs nothing."""
    with contextlib.ExitStack() as stack, turns.ended({}) as runners:
        begin(runners, 'plugin', OURS, model, 1, environment=NATIVE)
        if HAS_AGENT:
            begin(runners, 'unix', OURS, model, 1, CALLING, environment=agent(stack, 'unix'))
        for name, runner in runners.items():
            turns.print_line(f'{NETWORK.name}, {where()}: load in a second session, {name}', 'ms',
                             *first_and_second(runner), bar=0.01)


def first_and_second(runner):
    first = runner.load()
    return [runner.load('second')], 'the first load', [first]


def report_copies(model, batch):
    """Bytes that a run copies in pieces of 4 KiB and more, the framework's own copies with them."""
    with contextlib.ExitStack() as stack, turns.ended({}) as runners:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        names = ('libtorch', 'plugin', 'unix', 'unix agent', 'user attach', 'user attach agent')
        counts = {name: turns.Counts(BUILD, folder, name) for name in names}
        begin(runners, 'libtorch', BARE, model, batch, environment=counts['libtorch'].environment)
        begin(runners, 'plugin', OURS, model, batch,
              environment={**NATIVE, **counts['plugin'].environment})
        for kind, memory in (('unix', 'ordinary'), ('user attach', 'shared')) if HAS_AGENT else ():
            address = agent(stack, kind, counts[f'{kind} agent'].environment)
            begin(runners, kind, OURS, model, batch, CALLING, memory=memory,
                  environment={**address, **counts[kind].environment})
        turns.warm_up(runners)
        turns.print_copies(f'{NETWORK.name}, batch {batch}, {where()}', runners, counts,
                           NETWORK.input_size(batch))


def main():
    if not BARE.exists():
        print('plugin torch is not built')
        return 77
    if not ON_CPU and not shutil.which('nvidia-smi'):
        print('no NVIDIA GPU: nvidia-smi is not there')
        return 77
    model = networks.made(BUILD, NETWORK, 'torchscript')
    for batch in BATCHES:
        compare(model, batch)
    report_loads(model)
    try:
        report_copies(model, BATCHES[-1])
    except turns.CannotRun as why:
        print(f'left out: copies: {why}', file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
