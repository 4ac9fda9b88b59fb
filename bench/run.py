# SPDX-License-Identifier: Apache-2.0
"""Run the programs of bench/, or those that are named, and print what they measured as a table.

run.py BUILD [NAME...]

With BENCH_JSON=FILE in the environment, FILE also gets it, with the commit and the machine.
"""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0))
# Program, the processors it may use.
RUNS = [
    ('calls', CORES),
    ('threads', CORES),
    ('exec', CORES),
    ('sessions', CORES),
    ('resources', CORES),
    ('copies', CORES),
    ('blas', CORES[:1]),
    ('blas', CORES),
    ('vision', CORES[:1]),
    ('vision', CORES),
    ('bare', CORES),
    ('connections', CORES),
    ('ring', CORES),
    ('remote_copies', CORES),
    ('guest', CORES),
    ('grpc', CORES),
    ('nng', CORES),
    ('tirpc', CORES),
    ('models', CORES),
]
KEPT = ('VACCEL_TORCH_DEVICE', 'VACCEL_WHEELS')
HEADINGS = ('what', 'value', 'yardstick', 'ratio or difference', 'bar', '')


def measure(program, cores):
    """The program's lines, or None if it failed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith('VACCEL_') or k in KEPT}
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, env=environment,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode == 77:
        print(f'{program.name}: {done.stdout.strip()}', file=sys.stderr)
        return []
    if done.returncode:
        print(f'{program.name}: exit status {done.returncode}', file=sys.stderr)
        return None
    return [judged(json.loads(line)) for line in done.stdout.splitlines()]


def judged(line):
    bar = line['bar']
    if bar:
        value = line[bar['on']]
        bar['met'] = value <= bar['limit'] if bar['is'] == 'at most' else value >= bar['limit']
    return line


def short(number):
    return f'{number:.4g}' if abs(number) < 1e4 else f'{number:.0f}'


def interval(line):
    """What was measured once has none."""
    return f' [{line["low"]:.4g}, {line["high"]:.4g}]' if line['samples'] > 1 else ''


def cells(line):
    unit = '' if line['comparison'] == 'ratio' else ' ' + line['unit']
    sign = '' if line['comparison'] == 'ratio' else '+'
    bar = line['bar']
    return (line['name'],
            f'{short(line["value"])} {line["unit"]}',
            f'{short(line["yardstick_value"])} ({line["yardstick"]})',
            f'{line["compared"]:{sign}.4g}{unit}{interval(line)}',
            f'{bar_name(line)} {bar["is"]} {bar["limit"]:g}' if bar else '',
            ('met' if bar['met'] else 'missed') if bar else '')


def bar_name(line):
    names = {'value': 'value', 'compared': line['comparison'], 'low': 'lower end'}
    return names[line['bar']['on']]


def print_table(lines):
    rows = [HEADINGS] + [cells(line) for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    for row in rows:
        print('  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print('In brackets: the 95 % interval of the median of the pairs, measured in turns.')


def told_by(*command):
    """What it prints; nothing where there is no such program."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        return ''
    return done.stdout.strip()


def git(*arguments):
    return told_by('git', '-C', ROOT, *arguments)


def processor():
    for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines():
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return platform.machine()


def circumstances(build):
    options = json.loads((build / 'meson-info/intro-buildoptions.json').read_text())
    return {
        'commit': git('rev-parse', 'HEAD'),
        'changed_since_commit': bool(git('status', '--porcelain', '--', 'src', 'include',
                                         'plugins', 'transport', 'agent', 'bench')),
        'date': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='seconds'),
        'build_type': next(o['value'] for o in options if o['name'] == 'buildtype'),
        'machine': {
            'cpu': processor(),
            'cores': len(CORES),
            'gpus': told_by('nvidia-smi', '--query-gpu=name,driver_version',
                            '--format=csv,noheader').splitlines(),
            'kernel': platform.release(),
            'load_before': os.getloadavg()[0],
        },
    }


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    result = circumstances(build)
    lines = []
    status = 0
    for name, cores in [(name, CORES) for name in sys.argv[2:]] or RUNS:
        program = next((build / 'bench').rglob(f'bench-{name}'), None)
        if not program:
            print(f'{name}: not built, so not measured', file=sys.stderr)
            continue
        measured = measure(program, cores)
        status |= measured is None
        lines += measured or []
    result['machine']['load_after'] = os.getloadavg()[0]
    result['lines'] = lines
    print_table(lines)
    if os.environ.get('BENCH_JSON'):
        pathlib.Path(os.environ['BENCH_JSON']).write_text(json.dumps(result, indent=2) + '\n')
    return int(status)


if __name__ == '__main__':
    sys.exit(main())
