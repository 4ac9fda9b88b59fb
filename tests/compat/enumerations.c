/* SPDX-License-Identifier: Apache-2.0 */
/* Names of enumerators. Compiled with DEBUG, _DEBUG and BOOL defined, as applications may have. */
#include "expect.h"
#include "vaccel.h"

/* An application's own, with and without values. */
#define FRUIT_LIST(VACCEL_ENUM_ITEM) \
    VACCEL_ENUM_ITEM(APPLE, FRUIT) \
    VACCEL_ENUM_ITEM(PEAR, 7, FRUIT) \
    VACCEL_ENUM_ITEM(DEBUG, FRUIT)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(fruit, FRUIT, FRUIT_LIST)

static void of_the_application(void)
{
    char name[VACCEL_ENUM_STR_MAX];

    EXPECT(FRUIT_APPLE == 0 && FRUIT_PEAR == 7 && FRUIT_DEBUG == 8 && FRUIT_MAX == 9);
    EXPECT(strcmp(fruit_to_str(FRUIT_PEAR), "FRUIT_PEAR") == 0);
    EXPECT(strcmp(fruit_to_base_str(FRUIT_DEBUG), "DEBUG") == 0);
    EXPECT(strcmp(fruit_to_str((fruit_t)3), "FRUIT_MAX") == 0);
    EXPECT(strcmp(fruit_name(FRUIT_APPLE, name, sizeof(name)), "apple") == 0);
}

static void of_the_library(void)
{
    char name[VACCEL_ENUM_STR_MAX];

    EXPECT(strcmp(vaccel_op_type_to_str(VACCEL_OP_NOOP), "VACCEL_OP_NOOP") == 0);
    EXPECT(strcmp(vaccel_op_type_to_base_str((vaccel_op_type_t)1000), "MAX") == 0);
    EXPECT(strcmp(vaccel_op_type_name(VACCEL_OP_BLAS_SGEMM, name, 5), "blas") == 0);
    EXPECT(!vaccel_op_type_name(VACCEL_OP_NOOP, NULL, 5));
    EXPECT(!vaccel_op_type_name(VACCEL_OP_NOOP, name, 0));
    EXPECT(strcmp(vaccel_op_type_to_lower(VACCEL_OP_MINMAX, name, sizeof(name)), "minmax") == 0);
    EXPECT(strcmp(vaccel_arg_type_to_base_str(VACCEL_ARG_BOOL), "BOOL") == 0);
    EXPECT(strcmp(vaccel_resource_type_to_base_str(VACCEL_RESOURCE_LIB), "LIB") == 0);
    EXPECT(strcmp(vaccel_blob_type_to_str(VACCEL_BLOB_MAPPED), "VACCEL_BLOB_MAPPED") == 0);
    EXPECT(strcmp(vaccel_path_type_to_base_str(VACCEL_PATH_LOCAL_DIR), "LOCAL_DIR") == 0);
    EXPECT(strcmp(vaccel_log_level_name(VACCEL_LOG_DEBUG, name, sizeof(name)), "debug") == 0);
    EXPECT(strcmp(vaccel_plugin_type_to_str(VACCEL_PLUGIN_DEBUG), "VACCEL_PLUGIN_DEBUG") == 0);
    EXPECT(VACCEL_ENUM_STR_MAX == 128);
}

/* A list of the library, used by the application. */
#define COUNT(name, value, prefix) +1

static void lists(void)
{
    EXPECT(0 VACCEL_RESOURCE_TYPE_ENUM_LIST(COUNT) == VACCEL_RESOURCE_MAX);
    EXPECT(0 VACCEL_OP_TYPE_ENUM_LIST(COUNT) == VACCEL_OP_MAX);
    EXPECT(0 VACCEL_ARG_TYPE_ENUM_LIST(COUNT) == VACCEL_ARG_MAX);
    EXPECT(0 VACCEL_BLOB_TYPE_ENUM_LIST(COUNT) == VACCEL_BLOB_MAX);
    EXPECT(0 VACCEL_PATH_TYPE_ENUM_LIST(COUNT) == VACCEL_PATH_MAX);
    EXPECT(0 VACCEL_LOG_LEVEL_ENUM_LIST(COUNT) == VACCEL_LOG_MAX - 1);
    EXPECT(0 VACCEL_PLUGIN_TYPE_ENUM_LIST(COUNT) == 11);
}

static void strings(void)
{
    char lower[4];
    char *whole;

    EXPECT(vaccel_str_to_lower("ABCDEF", lower, sizeof(lower), &whole) == VACCEL_OK);
    EXPECT(strcmp(lower, "abc") == 0 && strcmp(whole, "abcdef") == 0);
    free(whole);
}

void enumerations(void)
{
    of_the_application();
    of_the_library();
    lists();
    strings();
}
