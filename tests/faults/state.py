# SPDX-License-Identifier: Apache-2.0
"""What a test shares with the preloaded library: state.cpp."""
import collections
import errno
import mmap
import os
import random
import struct

MANY_WAYS = 60  # a multiple of how many a call may have
PART, AT_END, NO_DESCRIPTOR, PART_AND_DEATH = -1, -2, -3, -4
OUTCOMES = {0: 'death', PART: 'only a part', AT_END: 'at its end', NO_DESCRIPTOR: 'no descriptor',
            PART_AND_DEATH: 'a part, then death'}
# Errors that a caller is to take as "go on".
HARMLESS = {('getrandom', errno.ENOSYS), ('connect', errno.EAGAIN), ('recvmsg', errno.EAGAIN),
            ('accept4', errno.EAGAIN), ('accept4', errno.ECONNABORTED), ('poll', errno.ENOMEM)}
# As struct Shared.
HEAD = struct.Struct('<QQqQQQq32s56sQQ')
PLACE = struct.Struct('<56sQ')
PLACES = 1 << 14
SIZE = HEAD.size + PLACES * PLACE.size

Fault = collections.namedtuple('Fault', 'failed ways function error place')


def text(raw):
    return raw.split(b'\0')[0].decode()


class State:
    """A file, mapped here and in the process that it is about."""

    def __init__(self, path, library, kind, program=None, itself=False):
        with open(path, 'w+b') as file:
            file.truncate(SIZE)
            self.memory = mmap.mmap(file.fileno(), SIZE)
        self.environment = {'LD_PRELOAD': os.path.abspath(library), 'FAULTS_KIND': kind,
                            'FAULTS_STATE': os.path.abspath(path), 'LC_ALL': 'C'}
        if program:
            self.environment['FAULTS_PROGRAM'] = program
        if itself:
            self.environment['FAULTS_ITSELF'] = 'yes'

    def let_fail(self, at, way, process=0):
        """
        From now on, the call number @at in one of its ways; 0: none. @process  that alone, or, if it is
        below 0, any but that
        """
        live = HEAD.unpack_from(self.memory)[-1]
        HEAD.pack_into(self.memory, 0, at, way, process, 0, 0, 0, 0, b'', b'', 0, live)

    def fault(self):
        _, _, _, _, failed, ways, error, function, place, offset, _ = HEAD.unpack_from(self.memory)
        return Fault(failed, ways, text(function), error, f'{text(place)}+{offset:#x}')

    def blocks(self):
        """How many were allocated and are not freed, by place."""
        if not HEAD.unpack_from(self.memory)[-1]:
            return collections.Counter()
        places = PLACE.iter_unpack(self.memory[HEAD.size:])
        return collections.Counter(f'{text(name)}+{offset:#x}' for name, offset in places if name[0])


def is_harmless(fault):
    return fault.error in (errno.EINTR, PART) or (fault.function, fault.error) in HARMLESS


def describe(at, fault):
    name = OUTCOMES.get(fault.error) or errno.errorcode.get(fault.error, str(fault.error))
    return f'call {at}: {fault.function} ({name}) from {fault.place}'


def each_fault(attempt):
    """Let each call fail once in each of its ways: @attempt(at, way) says what failed, if anything."""
    at, way = 1, 0
    while (fault := attempt(at, way)).failed:
        at, way = (at, way + 1) if way + 1 < fault.ways else (at + 1, 0)


def each_call(attempt):
    """The same for many calls: each in one of its ways alone, in no order."""
    at = 1
    while attempt(at, random.Random(at).randrange(MANY_WAYS)).failed:
        at += 1
