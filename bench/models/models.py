#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Models by each framework that is there: by itself, by its plugin in the process, and behind an agent.

    bench-models [--quick] [PLUGIN...]

Prints lines as the other programs do.
"""
import contextlib
import json
import os
import pathlib
import sys
import tempfile
from typing import NamedTuple

BUILD = pathlib.Path(__file__).resolve().parents[2]
INFO = json.loads((BUILD / 'meson-info/meson-info.json').read_text())
SOURCE = pathlib.Path(INFO['directories']['source'])
sys.path.insert(0, str(SOURCE / 'bench/models'))
import networks  # noqa: E402
import turns  # noqa: E402

QUICK = '--quick' in sys.argv
WANTED = [name for name in sys.argv[1:] if name != '--quick']
STARTS = 1 if QUICK else 5  # of the processes: where their memory lies makes some difference, too
SAMPLES = 3 if QUICK else 21  # of each start
LOADS = 2 if QUICK else 21
CORES = sorted(os.sched_getaffinity(0))
OURS = BUILD / 'bench/models/bench-model-vaccel'
HAS_AGENT = (BUILD / 'agent/vaccel-agent').exists()


class Framework(NamedTuple):
    name: str
    format: str
    threads: str         # the plugin's setting; it goes by the processors where there is none
    nodes: tuple = ('{}', '-')  # what it calls an input and the output, when it is called itself


FRAMEWORKS = {
    'torch': Framework('libtorch', 'torchscript', 'VACCEL_TORCH_THREADS', ('', '-')),
    'openvino': Framework('OpenVINO', 'onnx', ''),
    'tf': Framework('TensorFlow', 'saved-model', 'VACCEL_TF_THREADS',
                    ('serving_default_{}', 'StatefulPartitionedCall' + ('_1' if QUICK else ''))),
    'tflite': Framework('TensorFlow Lite', 'tflite', 'VACCEL_TFLITE_THREADS'),
}


class Setting:
    """A network in one framework, on so many processors."""

    def __init__(self, plugin, network, nr_cores=1, batch=1):
        self.plugin, self.network, self.batch = plugin, network, batch
        self.framework = FRAMEWORKS[plugin]
        self.cores = CORES[:nr_cores]
        self.model = networks.made(BUILD, network, self.framework.format)
        self.environment = {'TF_CPP_MIN_LOG_LEVEL': '1'}
        if self.framework.threads:
            self.environment[self.framework.threads] = str(len(self.cores))
        self.native = {'VACCEL_PLUGINS': str(turns.library_of(BUILD, plugin)), **self.environment}

    def __str__(self):
        cores = 'one core' if len(self.cores) == 1 else f'{len(self.cores)} cores'
        batch = f', batch {self.batch}' if self.batch > 1 else ''
        return f'{self.network.name}{batch}, {self.plugin}, {cores}'

    def inputs(self, name=''):
        return [f'{name}:{self.network.form(self.batch)}']

    def bare(self, environment=None, **how):
        node, output = self.framework.nodes
        return turns.Runner(BUILD / f'bench/models/bench-model-{self.plugin}', self.model,
                            self.inputs(node.format(self.network.input)), output=output, cores=self.cores,
                            environment={**self.environment, **(environment or {})}, **how)

    def ours(self, environment=None, **how):
        return turns.Runner(OURS, self.model, self.inputs(), cores=self.cores,
                            environment={**self.native, **(environment or {})}, **how)

    def agent(self, kind, environment=None):
        return turns.agent(BUILD, kind, self.plugin, cores=self.cores,
                           environment={**self.environment, **(environment or {})})


def clock_of(setting):
    """On one processor its time counts, since others use it too."""
    return 'cpu' if len(setting.cores) == 1 else 'wall'


def compare_plugin(setting):
    def begin(_, runners):
        runners['bare'] = setting.bare(clock=clock_of(setting))
        runners['plugin'] = setting.ours(clock=clock_of(setting))
    taken = turns.gather(begin, STARTS, SAMPLES)
    turns.print_line(f'{setting}: plugin', 'ms', taken['plugin'], setting.framework.name, taken['bare'], 1.01)


def compare_agent(setting):
    def begin(stack, runners):
        clock = clock_of(setting)
        runners['plugin'] = setting.ours(clock=clock)
        runners['unix'] = setting.ours(stack.enter_context(setting.agent('unix')), clock=clock)
        runners['user attach'] = setting.ours(stack.enter_context(setting.agent('user attach')), clock=clock,
                                              memory='shared')
    taken = turns.gather(begin, STARTS, SAMPLES)
    for way in ('unix', 'user attach'):
        turns.print_line(f'{setting}: {way}', 'ms', taken[way], 'in the process', taken['plugin'], 1.02)


def largest_file(model):
    """Of a tree: nearly all of it."""
    files = [path for path in model.rglob('*') if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size, default=model)


def compare_loads(setting):
    """100 MB: through an agent beside in the process, and the move of the bytes."""
    loads, moves, through = [], [], []
    with contextlib.ExitStack() as stack, turns.ended({}) as runners:
        runners['plugin'] = setting.ours()
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        runners['move'] = turns.Mover(BUILD, largest_file(setting.model), folder, setting.cores)
        runners['unix'] = setting.ours(stack.enter_context(setting.agent('unix')))
        for order in turns.orders(runners, LOADS + 1):
            for name in order:
                {'plugin': loads, 'move': moves, 'unix': through}[name].append(runners[name].load())
                runners[name].ask('unload')
        first = runners['unix'].load()
        second = runners['unix'].load('second')
    # The first of each finds nothing warm.
    turns.print_line(f'{setting}: load, unix', 'ms', through[1:],
                     'in the process, and bytes moved over a bare socket',
                     [load + move for load, move in zip(loads[1:], moves[1:])], 1.1)
    turns.print_line(f'{setting}: load in a second session, unix', 'ms', [second], 'the first load', [first],
                     0.01)


def report_copies(setting):
    """Of one run, in pieces of 4 KiB and more; what the framework copies itself is in the first line, too."""
    with contextlib.ExitStack() as stack, turns.ended({}) as runners:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        counts = {name: turns.Counts(BUILD, folder, name)
                  for name in ('bare', 'plugin', 'unix', 'unix agent', 'user attach', 'user attach agent')}
        runners['bare'] = setting.bare(counts['bare'].environment)
        runners['plugin'] = setting.ours(counts['plugin'].environment)
        for kind, memory in (('unix', 'ordinary'), ('user attach', 'shared')) if HAS_AGENT else ():
            address = stack.enter_context(setting.agent(kind, counts[f'{kind} agent'].environment))
            runners[kind] = setting.ours({**address, **counts[kind].environment}, memory=memory)
        turns.warm_up(runners, 3)
        turns.print_copies(str(setting), runners, counts, setting.network.input_size(setting.batch))


def measure(plugin, timed, loaded, counted, batch):
    for network in timed:
        for nr_cores in (1, 2)[:len(CORES)]:
            setting = Setting(plugin, network, nr_cores)
            compare_plugin(setting)
            if HAS_AGENT:
                compare_agent(setting)
    if HAS_AGENT:
        compare_loads(Setting(plugin, loaded, len(CORES[:2])))
    report_copies(Setting(plugin, counted, len(CORES[:2]), batch))


def main():
    there = [name for name in FRAMEWORKS if (BUILD / f'bench/models/bench-model-{name}').exists()
             and (not WANTED or name in WANTED)]
    if not there:
        print('no plugin with a framework is built')
        return 77
    for plugin in there:
        if QUICK:
            measure(plugin, [networks.DIGITS], networks.DIGITS, networks.DIGITS, 1)
        else:
            measure(plugin, [networks.RESNET, networks.TRANSFORMER], networks.TABLE, networks.RESNET, 32)
    return 0


if __name__ == '__main__':
    sys.exit(main())
