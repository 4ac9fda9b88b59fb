# SPDX-License-Identifier: Apache-2.0
"""What the texts say of vaccel-agent's options and settings is what the program says of itself."""
import pathlib
import re
import signal
import sys

from harness import Agent

OPTION = re.compile(r'^  (--[a-z-]+)', re.MULTILINE)
TABLES = ('limits', 'timeouts', 'device')


def known_keys(agent, table):
    """The program names them when it meets another one."""
    refusal = refused(agent, f'[{table}]\nno_such_key = 1\n' if table else 'no_such_key = 1\n')
    return set(re.search(r'write none but (.*)', refusal).group(1).split(', '))


def refused(agent, contents):
    (agent.folder / 'agent.toml').write_text(contents)
    status, _, said = agent.run('--plugins', 'noop', '--config', 'agent.toml')
    if status != 1:
        raise SystemExit(f'this was not refused: {contents}')
    return said


def most_of(agent, table, key):
    return int(re.search(r'from \d to (\d+)', refused(agent, f'[{table}]\n{key} = -1\n')).group(1))


def told_by_the_program(agent):
    """Its options, its keys, and of each number its default and the most that it may be."""
    options = set(OPTION.findall(agent.run('--help')[1]))
    keys = known_keys(agent, '') - set(TABLES)
    agent.start()
    defaults = agent.worker().settings()
    agent.signal(signal.SIGKILL)
    agent.wait()
    numbers = {key: (defaults[key], most_of(agent, table, key))
               for table in TABLES for key in known_keys(agent, table)}
    return options, keys, numbers


def numbers_in(pattern, text):
    return {key: tuple(map(int, numbers))
            for key, *numbers in re.findall(pattern, text, re.MULTILINE)}


def told_by_the_guide(text):
    return (set(re.findall(r'^\| `(--[a-z-]+)', text, re.MULTILINE)),
            set(re.findall(r'^\| (?:`--[^`]*`)? ?\| `(\w+)` \|', text, re.MULTILINE)),
            numbers_in(r'^\| `(\w+)` \| (\d+) \| (\d+) \|', text))


def told_by_the_manual(text):
    """It does not say what is the most."""
    options, configuration = re.search(r'\.SH OPTIONS\n(.*)\.SH CONFIGURATION\n(.*?)\.SH', text,
                                       re.DOTALL).groups()
    lists, numbers = configuration.split('The table\n', 1)
    return (set(re.findall(r'^\.BI? (--[a-z-]+)', options.replace('\\-', '-'), re.MULTILINE)),
            set(re.findall(r'\b[a-z_]+\b', ' '.join(re.findall(r'^\.BR? (.*)', lists,
                                                               re.MULTILINE)))) - {'and'},
            numbers_in(r'^\.BR (\w+) " \((\d+)\)"', numbers))


def told_by_the_file(text):
    """Keys that are set, or commented out with their defaults."""
    top, tables = text.split('\n[limits]\n')
    return (set(re.findall(r'^(?:# )?(\w+) = ', top, re.MULTILINE)),
            numbers_in(r'^# (\w+) = (\d+)', tables))


def same(where, what, told, true):
    if told == true:
        return True
    print(f'{where}: {what} are {told}, and of the program {true}')
    return False


def main():
    root = pathlib.Path(sys.argv[1])
    agent = Agent(sys.argv[2])
    try:
        options, keys, numbers = told_by_the_program(agent)
    finally:
        agent.stop()
    defaults = {key: (default,) for key, (default, _) in numbers.items()}
    texts = {name: (root / name).read_text()
             for name in ('docs/agent.md', 'docs/man/vaccel-agent.8', 'deploy/agent.toml')}
    expected = {
        'docs/agent.md': (told_by_the_guide, (options, keys, numbers)),
        'docs/man/vaccel-agent.8': (told_by_the_manual, (options, keys, defaults)),
        'deploy/agent.toml': (told_by_the_file, (keys, defaults)),
    }
    held = [same(name, what, told, true)
            for name, (read, truth) in expected.items()
            for what, told, true in zip(('options', 'keys', 'numbers')[-len(truth):],
                                        read(texts[name]), truth)]
    print(f'{sum(held)} of {len(held)} comparisons hold')
    return 0 if all(held) else 1


if __name__ == '__main__':
    sys.exit(main())
