/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

#include <vaccel.h>

#include <exception>
#include <new>

int guarded(int (*call)(void *argument), void *argument)
{
    try {
        return call(argument);
    } catch (const std::bad_alloc &) {
        vaccel_error("[tflite] TensorFlow Lite ran out of memory");
        return VACCEL_ENOMEM;
    } catch (const std::exception &exception) {
        vaccel_error("[tflite] %s", exception.what());
        return VACCEL_EBACKEND;
    } catch (...) {
        vaccel_error(
            "[tflite] TensorFlow Lite or its delegate threw an exception of an unknown type");
        return VACCEL_EBACKEND;
    }
}
