# SPDX-License-Identifier: Apache-2.0
"""One of each kind of request, in an order in which all of them succeed on a new connection."""
import wire

SESSION, RESOURCE = 1, 1  # the first ids that an agent gives
VISION_CLASSIFY = 24
CONTENTS = b'contents of a file'
PICTURE = b'a picture, in fact'
NOT_WANTED = (1 << 64) - 1
FIRST_HELD = 1


def mirrored(data):
    """Arguments of mirror.copy: to read, to write."""
    return [wire.arg(wire.BUFFER, data)], [wire.arg(wire.BUFFER, room=len(data))]


def call(id, session, read, write, **how):
    return wire.message(wire.CALL, id, wire.call_body(session, read=read, write=write, **how),
                        wire.call_payload(read, write))


def classified(list_room=0, list_held=NOT_WANTED, picture_room=0, picture_held=0):
    """Arguments of vision_classify: nothing of the list is wanted, the picture is to be held."""
    def held(number):
        return wire.Arg(wire.INT64, wire.SENT | wire.RETURNED, 8, wire.size_of.pack(size=number))

    def room(size):
        return wire.Arg(wire.BUFFER, wire.RETURNED, size)

    return ([wire.arg(wire.BUFFER, PICTURE)],
            [room(list_room), held(list_held), room(picture_room), held(picture_held)])


def whole():
    """The messages, by their names."""
    read, write = mirrored(b'there and back')
    use = wire.use.pack(resource=RESOURCE, session=SESSION)
    session, resource = wire.id_of.pack(id=SESSION), wire.id_of.pack(id=RESOURCE)
    return {
        'hello': wire.message(wire.HELLO, 1, wire.hello_body()),
        'begin': wire.message(wire.SESSION_BEGIN, 2, wire.session_begin.pack()),
        'update': wire.message(wire.SESSION_UPDATE, 3, wire.session_update.pack(session=SESSION)),
        'new': wire.message(wire.RESOURCE_NEW, 4, wire.resource_new.pack(
            type=wire.DATA, kind=wire.MEMORY, nr_blobs=1, size=len(CONTENTS))),
        'chunk': wire.message(wire.RESOURCE_CHUNK, 5, wire.chunk_body(
            RESOURCE, 0, CONTENTS, b'a.txt'), CONTENTS),
        'register': wire.message(wire.RESOURCE_REGISTER, 6, use),
        'sync': wire.message(wire.RESOURCE_SYNC, 7, use),
        'call': call(8, SESSION, read, write, name=b'mirror.copy'),
        'hold': call(9, SESSION, *classified(), op=VISION_CLASSIFY),
        'fetch': wire.message(wire.OUTPUT_FETCH, 10, wire.fetch.pack(
            session=SESSION, held=FIRST_HELD, room=len(PICTURE))),
        'drop': wire.message(wire.OUTPUT_DROP, 11, wire.drop.pack(session=SESSION, held=99)),
        'profile': wire.message(wire.PROFILE, 12, session),
        'ping': wire.message(wire.PING, 13),
        'cancel': wire.message(wire.CANCEL, 14, wire.cancel.pack(call=99)),
        'unregister': wire.message(wire.RESOURCE_UNREGISTER, 15, use),
        'forget': wire.message(wire.RESOURCE_END, 16, resource),
        'end': wire.message(wire.SESSION_END, 17, session),
    }


# Their answers, where they are not of status 0: nothing is held under that number.
STATUS = {'drop': wire.ENOENT}
UNANSWERED = {'cancel'}


def up_to(connection, name, greeted=False):
    """Send all that comes before that message, waiting for each answer."""
    for before, message in whole().items():
        if before == name:
            return
        if greeted and before == 'hello':
            continue
        connection.send(message)
        if before not in UNANSWERED:
            answer = connection.receive()
            assert answer.header['status'] == STATUS.get(before, 0), (before, answer)
