# SPDX-License-Identifier: Apache-2.0
"""The samples in deploy/ are those that docs/hypervisors.md shows, and are what the programs they are for take.

hypervisors.py ROOT AGENT; or hypervisors.py ROOT --write, to make the samples of the text
"""
import contextlib
import json
import os
import pathlib
import re
import socket
import sys
import tomllib

from harness import Agent, until

SAMPLE = re.compile(r'^```\w+ (deploy/\S+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r'hybrid-vsock://[^\s\'"`]+')
KATA = re.compile(r'^\|.*\| `(/run/\S+)` \|', re.MULTILINE)
SANDBOX = 64 * 'f'
PORT = 65500
# Firecracker's, whose parts refuse fields that they do not know: which must be there, and which may.
FIRECRACKER = {
    'boot-source': ({'kernel_image_path'}, {'initrd_path', 'boot_args'}),
    'drives': ({'drive_id', 'is_root_device'}, {'partuuid', 'cache_type', 'is_read_only', 'path_on_host',
                                                'rate_limiter', 'io_engine', 'socket'}),
    'machine-config': ({'vcpu_count', 'mem_size_mib'}, {'smt', 'cpu_template', 'track_dirty_pages',
                                                        'huge_pages'}),
    'vsock': ({'guest_cid', 'uds_path'}, {'vsock_id'}),
}
OF_A_FILE = {'path_on_host', 'is_read_only', 'rate_limiter', 'io_engine'}


def samples_of(text):
    return dict(SAMPLE.findall(text))


def differences(root, samples):
    """Files that are not as the text has them, or that it does not have."""
    there = {path.relative_to(root).as_posix() for folder in ('firecracker', 'kata')
             for path in (root / 'deploy' / folder).iterdir()}
    for name in sorted(there | set(samples)):
        if name not in samples or name not in there or (root / name).read_text() != samples[name]:
            yield f'{name} is not what docs/hypervisors.md shows: hypervisors.py ROOT --write'


def faults_of_part(name, part):
    must, may = FIRECRACKER.get(name, (set(), set()))
    for field in sorted(must - part.keys()):
        yield f'{name} has no {field}'
    for field in sorted(part.keys() - must - may):
        yield f'{name} has an unknown {field}'
    if 'socket' in part and part.keys() & OF_A_FILE:
        yield f'{name} has a socket, and {part.keys() & OF_A_FILE}'


def faults_of_firecracker(machine):
    for name in sorted({'boot-source', 'drives', 'machine-config'} - machine.keys()):
        yield f'there is no {name}'
    for name, value in machine.items():
        for part in value if isinstance(value, list) else [value]:
            yield from faults_of_part(name, part)
    if sum(drive['is_root_device'] for drive in machine['drives']) > 1:
        yield 'there are two roots'


def faults_of_samples(samples, addresses):
    for name, text in samples.items():
        if name.endswith('.json'):
            machine = json.loads(text)
            for fault in faults_of_firecracker(machine):
                yield f'{name}: {fault}'
            path = machine.get('vsock', {}).get('uds_path')
            if path and not any(re.fullmatch(pattern_of(a), path) for a in addresses):
                yield f'{name}: no address of the text is for {path}'
        elif name.endswith('.toml'):
            tomllib.loads(text)
    if not tomllib.loads(samples['deploy/kata/50-vaccel.toml'])['runtime']['disable_guest_seccomp']:
        yield 'deploy/kata/50-vaccel.toml: seccomp is not disabled'


def pattern_of(address):
    path = address.removeprefix('hybrid-vsock://').split('?')[0]
    return re.escape(path).replace(r'\*', '[^/]+')


def below(folder, address):
    return address.replace('hybrid-vsock://', f'hybrid-vsock://{folder}')


def bind(path):
    """As a VMM does, by a path that it sees shorter than the host."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_PATH)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f'/proc/self/fd/{folder}/{path.name}')
    os.close(folder)


@contextlib.contextmanager
def started(program, addresses, *options):
    """The agent listens at these, moved below a folder of the test's."""
    agent = Agent(program)
    try:
        words = [word for address in addresses for word in ('--listen', below(agent.folder, address))]
        agent.start(*words, *options, listen=False)
        yield agent
    finally:
        agent.stop()


def faults_of_addresses(program, addresses):
    """All of the text are understood."""
    with started(program, addresses) as agent:
        if agent.worker().settings()['listen'] != [below(agent.folder, address) for address in addresses]:
            yield f'{addresses} are not all understood'


def faults_of_kata(program, text, settings):
    """Where each runtime has its socket, the agent with those settings listens for it."""
    listen = tomllib.loads(settings.read_text())['listen']
    addresses = [address for address in listen if address.startswith('hybrid-vsock:')]
    paths = [path.replace('ID', SANDBOX) for path in KATA.findall(text)]
    if not paths:
        yield 'the text has no table of Kata'
    with started(program, addresses, '--config', str(settings)) as agent:
        sockets = [agent.folder / path.lstrip('/') for path in paths]
        for path in sockets:
            bind(path)
        for path in sockets:
            try:
                until((path.parent / f'{path.name}_{PORT}').is_socket)
            except TimeoutError:
                yield f'deploy/kata/agent.toml: nobody listens beside {path}'
        print(f'{len(sockets)} sockets of Kata are listened for')


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / 'docs/hypervisors.md').read_text()
    samples = samples_of(text)
    if sys.argv[2] == '--write':
        for name, contents in samples.items():
            (root / name).write_text(contents)
        return 0
    addresses = sorted(set(ADDRESS.findall(text)))
    kata = root.resolve() / 'deploy/kata/agent.toml'
    faults = [*differences(root, samples), *faults_of_samples(samples, addresses),
              *faults_of_addresses(sys.argv[2], addresses), *faults_of_kata(sys.argv[2], text, kata)]
    print(*faults, sep='\n')
    print(f'{len(samples)} samples, {len(addresses)} addresses, {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
