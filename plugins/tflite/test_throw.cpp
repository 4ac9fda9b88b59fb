/* SPDX-License-Identifier: Apache-2.0 */
#include <stdexcept>

/* What the delegate of the tests throws. */

extern "C" void throw_exception();
extern "C" void throw_number();

void throw_exception()
{
    throw std::runtime_error("the device of this test has burst");
}

void throw_number()
{
    throw 42;
}
