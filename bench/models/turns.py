# SPDX-License-Identifier: Apache-2.0
"""Processes that run a model, and take turns; see runner.h. It prints lines as bench/run.py wants them."""
import contextlib
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

COUNTS_SIZE = 4 * 1024 * 1024  # at least that of struct copies
AGENT = 'BENCH_AGENT'  # in the environment of its clients: its process
SEED = 1
WARM_UP = 8  # runs: TorchScript compiles anew for some time


class CannotRun(Exception):
    """Why one of them is left out."""


def median_interval(values):
    """The ranks are those of statistics.h."""
    values = sorted(values)
    half, width = len(values) / 2, 1.96 * math.sqrt(len(values)) / 2
    low = max(0, math.floor(half - width) - 1)
    high = min(len(values) - 1, math.ceil(half + width))
    return values[low], statistics.median(values), values[high]


def print_line(name, unit, values, yardstick, yardsticks, bar=None):
    """Of pairs that were measured one after the other; `bar` is what the lower end must not exceed."""
    low, middle, high = median_interval([a / b for a, b in zip(values, yardsticks)])
    print(json.dumps({
        'name': name, 'unit': unit, 'value': statistics.median(values), 'yardstick': yardstick,
        'yardstick_value': statistics.median(yardsticks), 'comparison': 'ratio', 'compared': middle,
        'low': low, 'high': high, 'samples': len(values),
        'bar': bar and {'on': 'low', 'is': 'at most', 'limit': bar}}), flush=True)


def children_of(pid):
    """And theirs."""
    found = []
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        for child in (task / 'children').read_text().split():
            found += [child, *children_of(child)]
    return found


def processor_time(pid):
    """What it and its children have used of processors, in ns."""
    return sum(int((task / 'schedstat').read_text().split()[0])
               for process in (pid, *children_of(pid))
               for task in pathlib.Path(f'/proc/{process}/task').iterdir())


class Runner:
    """One process. `inputs` and `memory` as in runner.h; by the clock "cpu" its agent's time is added."""

    def __init__(self, program, model, inputs, *, memory='ordinary', clock='wall', output='-', cores=None,
                 environment=None):
        self.process = subprocess.Popen(
            [program, model, memory, *([clock, output, *inputs] if inputs else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, **(environment or {})},
            preexec_fn=lambda: cores and os.sched_setaffinity(0, cores))
        self.agent = clock == 'cpu' and environment and environment.get(AGENT)

    def ask(self, command):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(command + '\n')
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer.endswith('\n'):
            raise CannotRun(f'{" ".join(map(str, self.process.args))}: {command}: '
                            f'status {self.process.wait()} {answer}')
        return answer.strip()

    def load(self, command='load'):
        return int(self.ask(command)) / 1e6

    def run(self, count=1, before=0):
        """Milliseconds: the median of so many runs, after some that do not count."""
        if before:
            self.ask(f'run {before}')
        used = self.agent and processor_time(self.agent)
        taken = statistics.median(int(taken) for taken in self.ask(f'run {count}').split())
        if self.agent:
            taken += (processor_time(self.agent) - used) / count
        return taken / 1e6

    def answer(self):
        count, total = self.ask('answer').split()
        return int(count), float(total)

    def end(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Mover(Runner):
    """The bytes of a model to another process, and into a file there."""

    def __init__(self, build, model, folder, cores):
        super().__init__(build / 'bench/models/bench-model-move', model, [], memory=folder, cores=cores)

    def ask(self, command):
        return 'ok' if command == 'unload' else super().ask(command)


@contextlib.contextmanager
def ended(runners):
    """The dictionary of them, which may grow until all of them end."""
    try:
        yield runners
    finally:
        for runner in runners.values():
            runner.end()


def warm_up(runners, runs=WARM_UP):
    """All loaded, all give the same, none of them is new to its network any more."""
    answers = {}
    for name, runner in runners.items():
        runner.load()
        runner.run(runs)
        answers[name] = runner.answer()
    count, total = next(iter(answers.values()))
    for name, answer in answers.items():
        if answer[0] != count or not math.isclose(answer[1], total, rel_tol=1e-3):
            sys.exit(f'{name} gave {answer}, and not {(count, total)}')


def orders(runners, rounds):
    """Their names in each round, by chance: were the order turned round from one to the next, the first and
    the last of several would follow themselves, and find the caches as they left them."""
    chance = random.Random(SEED)
    return [chance.sample(list(runners), len(runners)) for _ in range(rounds)]


def take_turns(runners, samples, calls=1, before=0):
    """What each took in each round."""
    taken = {name: [] for name in runners}
    for order in orders(runners, samples):
        for name in order:
            taken[name].append(runners[name].run(calls, before))
    return taken


def gather(begin, starts, samples, calls=1, before=0):
    """What each took in all rounds; `begin` starts the runners, on a stack that ends what they need."""
    gathered = {}
    for _ in range(starts):
        with contextlib.ExitStack() as stack, ended({}) as runners:
            begin(stack, runners)
            warm_up(runners)
            for name, taken in take_turns(runners, samples, calls, before).items():
                gathered.setdefault(name, []).extend(taken)
    return gathered


def library_of(build, plugin):
    return build / f'plugins/{plugin}/libvaccel-{plugin}.so'


@contextlib.contextmanager
def agent(build, kind, plugin, environment=None, cores=None):
    """An agent with the plugin, at a unix socket or as a device for user attach: its client's environment."""
    with tempfile.TemporaryDirectory() as folder:
        place = f'{folder}/agent'
        listen = f'unix://{place}' if kind == 'unix' else f'vhost-user://{place}'
        process = subprocess.Popen(
            [build / 'agent/vaccel-agent', '--plugins', library_of(build, plugin), '--listen', listen],
            stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})},
            preexec_fn=lambda: cores and os.sched_setaffinity(0, cores))
        said = ''
        while 'listening' not in said:
            said = process.stderr.readline()
            if not said:
                raise CannotRun(f'the agent ended with status {process.wait()}')
        # What it says later is not wanted, and must not stop it.
        drain = subprocess.Popen(['cat'], stdin=process.stderr, stdout=subprocess.DEVNULL)
        process.stderr.close()
        try:
            yield {'VACCEL_PLUGINS': str(library_of(build, 'rpc')), AGENT: str(process.pid),
                   'VACCEL_RPC_ADDRESS': listen if kind == 'unix' else f'virtio://{place}'}
        finally:
            process.terminate()
            process.wait()
            drain.wait()


def print_copies(what, runners, counts, input_size):
    """Of one more run of each, by the process and by its agent if it has one."""
    for name, runner in runners.items():
        sides = [side for side in (name, f'{name} agent') if side in counts]
        before = {side: counts[side].copied() for side in sides}
        runner.run()
        for side in sides:
            if not before[side]:
                sys.exit(f'nothing was counted: {side}')
            print_line(f'{what}: bytes copied, {side}', 'bytes', [counts[side].copied() - before[side]],
                       'its input', [input_size])


class Counts:
    """What a process and its children copy, as count_copies.c sees it."""

    def __init__(self, build, folder, name):
        self.file = pathlib.Path(folder) / name
        self.file.write_bytes(bytes(COUNTS_SIZE))
        self.environment = {'BENCH_COPIES': str(self.file),
                            'LD_PRELOAD': str(build / 'bench/libbench-count-copies.so')}

    def copied(self):
        with self.file.open('rb') as file:
            return int.from_bytes(file.read(8), sys.byteorder)
