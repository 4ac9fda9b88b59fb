/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs written for vAccel 0.8 look for it. */
#include "../deprecated/fpga.h"
