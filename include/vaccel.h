/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_H
#define VACCEL_H

/*
 * vAccel: run a function on whatever accelerator the operator chose, by calling it.
 *
 * Errors. A call returns VACCEL_OK (0) or one of the codes of vaccel/error.h, unless it says
 * otherwise; the log (standard error, or VACCEL_LOG_FILE) then has a sentence about which value was
 * wrong and what to do. A call that fails has changed nothing that it does not mention.
 *
 * Ownership. What a caller passes in stays the caller's and need not outlive the call, unless the
 * call says that it keeps a pointer. A struct that the caller provides is begun by its init() call
 * and ended by its release() call; one that the library allocates is begun by new() or from_...()
 * and ended by delete(). Arrays that the library hands over are freed by free().
 *
 * Threads. Every call may be made from any thread at any time. A struct that two threads
 * change at once (an argument array, a tensor) needs the application's own lock; sessions,
 * resources and everything global do not.
 *
 * The library initialises itself when it is loaded, from VACCEL_... environment variables (core.h).
 */

#define VACCEL_VERSION "0.8.0"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __STDC_HOSTED__
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <linux/limits.h>
#endif
#ifndef __cplusplus
#include <stdatomic.h>
#endif
#endif

#include "vaccel/arg.h"
#include "vaccel/blob.h"
#include "vaccel/config.h"
#include "vaccel/core.h"
#include "vaccel/engine.h"
#include "vaccel/error.h"
#include "vaccel/id.h"
#include "vaccel/list.h"
#include "vaccel/log.h"
#include "vaccel/memory.h"
#include "vaccel/op.h"
#include "vaccel/output.h"
#include "vaccel/plugin.h"
#include "vaccel/prof.h"
#include "vaccel/resource.h"
#include "vaccel/session.h"
#include "vaccel/tensor.h"

#include "vaccel/ops/blas.h"
#include "vaccel/ops/exec.h"
#include "vaccel/ops/genop.h"
#include "vaccel/ops/image.h"
#include "vaccel/ops/model.h"
#include "vaccel/ops/noop.h"
#include "vaccel/ops/opencv.h"
#include "vaccel/ops/tf.h"
#include "vaccel/ops/tflite.h"
#include "vaccel/ops/torch.h"
#include "vaccel/ops/vision.h"

#include "vaccel/utils/enum.h"
#include "vaccel/utils/path.h"
#include "vaccel/utils/str.h"

#include "vaccel/deprecated/arg_list.h"
#include "vaccel/deprecated/fpga.h"
#include "vaccel/deprecated/minmax.h"
#include "vaccel/deprecated/plugin.h"
#include "vaccel/deprecated/session.h"
#include "vaccel/deprecated/torch_sgemm.h"

#endif
