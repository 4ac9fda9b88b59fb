# SPDX-License-Identifier: Apache-2.0
"""A build of its own: the archive for guests with POSIX, and the examples linked with it."""
import fcntl
import pathlib
import shutil
import subprocess
import sys

# Of each compiler: its words, and what else the build is told.
COMPILERS = {
    'musl': ('musl-gcc', ['-Dc_link_args=-static', '-Db_pie=false']),
    'here': ('gcc', []),
}


def need(kind):
    """Its command; the test is skipped if it is not installed."""
    command = COMPILERS[kind][0]
    if not shutil.which(command):
        print(f'{command} is not installed')
        sys.exit(77)
    return command


def run(command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, command))}:\n{done.stdout}')


def build(kind, root, folder):
    """Where it was built. Several tests use the same one, at once."""
    compiler = need(kind)
    folder = pathlib.Path(folder, kind).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / 'build.ninja').exists():
            run(['env', f'CC={compiler}', 'meson', 'setup', folder, root, '-Dstatic_transport=rpc',
                 *COMPILERS[kind][1]])
        run(['ninja', '-C', folder])
    return folder
