/* SPDX-License-Identifier: Apache-2.0 */
/* As exec, with arguments of a type that the application itself turns into bytes and back. */
#include "common/numbers.h"

static int add_numbers(struct vaccel_arg_array *args, const struct numbers *numbers)
{
    return vaccel_arg_array_add_serialized(args, VACCEL_ARG_CUSTOM, NUMBERS_ID, numbers,
                                           sizeof(*numbers), numbers_serialize);
}

static void print_numbers(const char *title, const struct numbers *numbers)
{
    uint32_t i;

    printf("%s:", title);
    for (i = 0; i < numbers->count; i++)
        printf(" %u", numbers->values[i]);
    printf("\n");
}

static int reverse(struct vaccel_session *sess, struct vaccel_resource *library,
                   struct vaccel_arg_array *read, struct vaccel_arg_array *write)
{
    uint32_t values[] = {1, 2, 3, 5, 8, 13};
    const struct numbers input = {values, sizeof(values) / sizeof(values[0])};
    struct numbers output;
    int ret = add_numbers(read, &input);

    if (ret == VACCEL_OK)
        ret = add_numbers(write, &input); /* the output needs as much room */
    if (ret == VACCEL_OK)
        ret = vaccel_exec_with_resource(sess, library, "mytestfunc_nonser", read->args, read->count,
                                        write->args, write->count);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_get_serialized(write, VACCEL_ARG_CUSTOM, NUMBERS_ID, &output,
                                              sizeof(output), numbers_deserialize);
    if (ret != VACCEL_OK)
        return ret;
    print_numbers("input", &input);
    print_numbers("output", &output);
    free(output.values);
    return VACCEL_OK;
}

static int reverse_in_session(struct vaccel_resource *library)
{
    struct vaccel_session sess = {0};
    struct vaccel_arg_array read = {0};
    struct vaccel_arg_array write = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_arg_array_init(&read, 1);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_init(&write, 1);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(library, &sess);
    if (ret == VACCEL_OK)
        ret = reverse(&sess, library, &read, &write);
    vaccel_arg_array_release(&write);
    vaccel_arg_array_release(&read);
    vaccel_session_release(&sess);
    return ret;
}

int main(int argc, char **argv)
{
    struct vaccel_resource library;
    int ret;

    if (argc != 2) {
        fprintf(stderr, "usage: %s LIBRARY\nLIBRARY is libmytestlib.so\n", argv[0]);
        return EXIT_FAILURE;
    }
    ret = vaccel_resource_init(&library, argv[1], VACCEL_RESOURCE_LIB);
    if (ret == VACCEL_OK) {
        ret = reverse_in_session(&library);
        vaccel_resource_release(&library);
    }
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
