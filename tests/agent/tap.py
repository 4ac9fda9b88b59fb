# SPDX-License-Identifier: Apache-2.0
"""Run the unittest cases of a program and report them as TAP."""
import sys
import unittest


class Result(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.number = 0
        self.failed = False

    def say(self, line):
        print(line, file=self.stream, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.failed = False

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id().split('.')[-1]
        self.number += 1
        if self.skipped and self.skipped[-1][0] is test:
            self.say(self.skipped[-1][1])
            self.say(f'ok {self.number} # SKIP {name}')
        else:
            self.say(f'{"not ok" if self.failed else "ok"} {self.number} - {name}')

    def fail(self, test, error):
        self.failed = True
        self.say('\n'.join('# ' + line for line in self._exc_info_to_string(error, test).splitlines()))

    def addError(self, test, err):
        super().addError(test, err)
        self.fail(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fail(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.say(f'# {subtest}')
            self.fail(test, err)


def main():
    """The cases whose names contain the last argument, if there is one, else all."""
    loader = unittest.TestLoader()
    if len(sys.argv) > 2:
        loader.testNamePatterns = [f'*{sys.argv[2]}*']
    suite = loader.loadTestsFromModule(sys.modules['__main__'])
    result = Result(sys.stdout)
    result.say(f'1..{suite.countTestCases()}')
    suite.run(result)
    return 0 if result.wasSuccessful() else 1
