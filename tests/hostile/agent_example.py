# SPDX-License-Identifier: Apache-2.0
"""The example of docs/protocol.md, sent to an agent as it stands there."""
import pathlib

import cases
import protocol

TEXT = pathlib.Path(__file__).resolve().parents[2] / 'docs' / 'protocol.md'


def test_it_answers_as_the_text_says(agent):
    with agent.connection() as connection:
        for who, _, lines in protocol.example_of(TEXT.read_text()):
            data = b''.join(piece for piece, _, _ in lines)
            if who == 'client':
                connection.send(data)
            else:
                assert connection.take(len(data)) == data, lines


if __name__ == '__main__':
    cases.main(__name__)
