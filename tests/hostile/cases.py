# SPDX-License-Identifier: Apache-2.0
"""Runs the cases of a file: its functions whose names begin with test_, one after the other."""
import argparse
import sys
import traceback

import agent

SHORT = 300


def cases_of(module):
    return [(name, case) for name, case in vars(module).items() if name.startswith('test_')]


def indented(text):
    return ''.join(f'# {line}\n' for line in text.rstrip().splitlines())


def report(number, name, run):
    """One line as TAP has it. True if the case passed."""
    try:
        run()
    except Exception:
        print(f'not ok {number} - {name}\n{indented(traceback.format_exc())}', end='', flush=True)
        return False
    print(f'ok {number} - {name}', flush=True)
    return True


def attack(victim, case):
    case(victim)
    victim.is_usable_soon()
    assert victim.worker in agent.children_of(victim.process.pid), 'the worker died'


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('program', help='vaccel-agent')
    parser.add_argument('plugins', help='paths, separated by colons')
    parser.add_argument('--slowness', type=int, default=1, help='how much longer all may take')
    return parser.parse_args()


def main(module, configuration='', options=(), leaves_nothing=True):
    """
    Attack one agent with all cases; then it must be as it was, unless its plugins keep threads and files,
    and end in good order. In the configuration {short} stands for milliseconds that are not long to wait for.
    """
    told = arguments()
    configuration = configuration.format(short=SHORT * told.slowness)
    cases = cases_of(sys.modules[module])
    print(f'1..{len(cases) + 1 + leaves_nothing}')
    victim = agent.Agent(told.program, told.plugins, configuration, options, told.slowness)
    try:
        passed = [report(number, name, lambda case=case: attack(victim, case))
                  for number, (name, case) in enumerate(cases, 1)]
        if leaves_nothing:
            passed.append(report(len(cases) + 1, 'nothing is left in the agent', victim.is_the_same))
        passed.append(report(len(passed) + 1, 'the agent ends in good order', victim.stop))
    finally:
        victim.kill()
    sys.exit(not all(passed))
