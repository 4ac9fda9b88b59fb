/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_UTILS_PATH_H
#define VACCEL_UTILS_PATH_H

#include "enum.h"

/* Where the path of a resource leads. */
#define VACCEL_PATH_TYPE_ENUM_LIST(ITEM) \
    ITEM(LOCAL_FILE, 0, VACCEL_PATH) \
    ITEM(LOCAL_DIR, 1, VACCEL_PATH) \
    ITEM(REMOTE_FILE, 2, VACCEL_PATH)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_path_type, VACCEL_PATH, VACCEL_PATH_TYPE_ENUM_LIST)

#endif
