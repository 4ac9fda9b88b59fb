/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_TYPES_H
#define OPENVINO_TYPES_H

#include "vaccel.h"

#include <openvino/c/openvino.h>

/* Of an element type of OpenVINO's; VACCEL_DATA_UNKNOWN if vAccel has none like it. */
enum vaccel_data_type type_of_element(ov_element_type_e element);

/*
 * Whether OpenVINO may write such elements where the application wants them, which can be a guest's
 * memory that changes meanwhile. Integers may choose places in memory; only what is computed with
 * may change.
 */
bool type_is_in_place(enum vaccel_data_type type);

#endif
