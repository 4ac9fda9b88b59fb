/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of calls and resources between a guest's memory and a plugin. */
#include "device_kit.h"

/* SGEMM's arguments but for A and C are behind the message, A and C where @a and @c say. */
struct matrices {
    uint32_t a; /* offsets in the guest */
    uint32_t c_there;
    uint32_t c_back;
    uint32_t count;
};

static void compose_sgemm(const struct matrices *matrices)
{
    const struct wire_call call = {
        .session = session, .op = VACCEL_OP_BLAS_SGEMM, .nr_read = 10, .nr_write = 1};
    uint64_t bytes = matrices->count * sizeof(float);

    compose(WIRE_CALL);
    wire_put(&writer, &call, sizeof(call));
    for (int i = 0; i < 3; i++)
        put_arg(VACCEL_ARG_INT64, 8, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_FLOAT32, 4, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_FLOAT32_ARRAY, bytes, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_INT64, 8, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_FLOAT32_ARRAY, 4, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_INT64, 8, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_FLOAT32, 4, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_INT64, 8, WIRE_ARG_SENT);
    put_arg(VACCEL_ARG_FLOAT32_ARRAY, bytes,
            WIRE_ARG_RETURNED | (matrices->c_there ? WIRE_ARG_SENT : 0));
}

/* The small ones, as they lie in the payload before and behind A. */
static void put_numbers(const struct matrices *matrices)
{
    unsigned char *at = guest_at(&guest, DATA);
    const int64_t shape[] = {matrices->count, 1, 1};
    const int64_t one = 1;
    const float ones[] = {1, 1};

    memcpy(at, shape, sizeof(shape));
    memcpy(at + 24, ones, 4);
    at += 28;
    memcpy(at, &one, 8);
    memcpy(at + 8, ones, 4);
    memcpy(at + 12, &one, 8);
    memcpy(at + 20, &ones[matrices->c_there ? 0 : 1], 4);
    if (!matrices->c_there)
        memset(at + 20, 0, 4);
    memcpy(at + 24, &one, 8);
}

static uint32_t call_sgemm(const struct matrices *matrices)
{
    uint32_t bytes = matrices->count * (uint32_t)sizeof(float);
    uint16_t i = 4;

    put_numbers(matrices);
    compose_sgemm(matrices);
    guest_put(&guest, 1, guest_address(DATA), 28, 0, 2);
    guest_put(&guest, 2, guest_address(matrices->a), bytes, 0, 3);
    guest_put(&guest, 3, guest_address(DATA + 28), 32, 0, 4);
    if (matrices->c_there)
        guest_put(&guest, i++, guest_address(matrices->c_there), bytes, 0, 5);
    guest_put(&guest, (uint16_t)(i + 1), guest_address(matrices->c_back), bytes, WRITE, LAST);
    return exchange(i - 1, 1);
}

static float *floats(uint32_t offset)
{
    return (float *)(void *)guest_at(&guest, offset);
}

/* Where the device has the guest's @offset mapped. */
static const void *mapped(uint32_t offset)
{
    const struct guest_region *region =
        guest_memory_at(device.virtio.memory, guest_address(offset));

    return region->host + (guest_address(offset) - region->guest);
}

static void test_numbers_are_used_where_they_lie(void **state)
{
    struct matrices matrices = {.a = DATA + 4096, .c_back = FAR + 128, .count = 100};

    (void)state;
    floats(matrices.a)[99] = 5;
    assert_int_equal(call_sgemm(&matrices), ANSWER_SIZE + 400);
    assert_answer(VACCEL_OK);
    assert_ptr_equal(seen_a, mapped(matrices.a));
    assert_ptr_equal(seen_c, mapped(matrices.c_back));
    assert_true(floats(matrices.c_back)[99] == 5);
}

static void test_what_goes_there_and_back_is_used_where_it_lies(void **state)
{
    struct matrices matrices = {.a = DATA + 4096, .c_there = FAR, .c_back = FAR, .count = 100};

    (void)state;
    floats(matrices.a)[50] = 5;
    floats(FAR)[50] = 6;
    call_sgemm(&matrices);
    assert_answer(VACCEL_OK);
    assert_ptr_equal(seen_c, mapped(FAR));
    assert_true(floats(FAR)[50] == 11);
}

static void test_from_one_place_to_another_it_is_copied(void **state)
{
    struct matrices matrices = {
        .a = DATA + 4096, .c_there = FAR, .c_back = FAR + 4096, .count = 100};

    (void)state;
    floats(FAR)[50] = 6;
    call_sgemm(&matrices);
    assert_answer(VACCEL_OK);
    assert_ptr_not_equal(seen_c, mapped(FAR));
    assert_ptr_not_equal(seen_c, mapped(FAR + 4096));
    assert_true(floats(FAR)[50] == 6);
    assert_true(floats(FAR + 4096)[50] == 6);
}

static void test_what_is_not_aligned_is_copied(void **state)
{
    struct matrices matrices = {.a = DATA + 4096 + 4, .c_back = FAR + 32, .count = 100};

    (void)state;
    floats(matrices.a)[7] = 5;
    call_sgemm(&matrices);
    assert_answer(VACCEL_OK);
    assert_int_equal((uintptr_t)seen_a % 64, 0);
    assert_ptr_not_equal(seen_c, mapped(matrices.c_back));
    assert_true(floats(matrices.c_back)[7] == 5);
}

static void test_pages_that_are_scattered(void **state)
{
    struct matrices matrices = {.a = DATA + 4096, .c_back = FAR, .count = 256 * 1024 / 4};
    uint16_t last = 5;

    (void)state;
    put_numbers(&matrices);
    compose_sgemm(&matrices);
    floats(DATA + 4096)[0] = 3;
    floats(FAR + 0x80000)[32768] = 4;
    guest_put(&guest, 1, guest_address(DATA), 28, 0, 2);
    guest_put(&guest, 2, guest_address(DATA + 4096), 128 * 1024, 0, 3);
    guest_put(&guest, 3, guest_address(FAR + 0xa0000), 128 * 1024, 0, 4);
    guest_put(&guest, 4, guest_address(DATA + 28), 32, 0, 5);
    guest_put(&guest, (uint16_t)(last + 1), guest_address(FAR), 256 * 1024, WRITE, LAST);
    floats(FAR + 0xa0000)[1] = 9;
    exchange(4, 1);
    assert_answer(VACCEL_OK);
    assert_true(floats(FAR)[0] == 3);
    assert_true(floats(FAR)[32769] == 9);
    assert_ptr_equal(seen_c, mapped(FAR));
    assert_int_equal(device.gathered, 0);
}

/* The type of a tensor's data decides, and is itself copied. */
static void test_which_tensors_stay(void **state)
{
    struct vaccel_tensor_desc desc = {.data_type = VACCEL_TORCH_FLOAT, .nr_dims = 1};
    struct vaccel_arg read[4] = {
        {.buf = &desc, .size = 8},
        {.size = 0},
        {.buf = &desc, .size = sizeof(desc), .custom_type_id = VACCEL_TENSOR_DESC_ID},
        {.buf = &desc, .size = 4}};
    const struct vaccel_op_call call = {.read = read, .nr_read = 4};
    const struct op_spec *spec = op_specs[VACCEL_OP_TORCH_MODEL_RUN];

    (void)state;
    assert_true(op_in_place(spec, &call, false, 3));
    assert_false(op_in_place(spec, &call, false, 2));
    assert_false(op_in_place(spec, &call, false, 0));
    desc.data_type = VACCEL_TORCH_LONG;
    assert_false(op_in_place(spec, &call, false, 3));
    desc.data_type = 4711;
    assert_false(op_in_place(spec, &call, false, 3));
    desc.data_type = VACCEL_TORCH_BYTE;
    assert_true(op_in_place(spec, &call, false, 3));
    read[2].custom_type_id = 0;
    assert_false(op_in_place(spec, &call, false, 3));
}

/* The payload in three chains, the rooms of the answer in three others. */
static void test_requests_of_several_chains(void **state)
{
    unsigned char *in = guest_at(&guest, DATA);
    unsigned char *out = guest_at(&guest, FAR);
    uint64_t id = next_id;

    (void)state;
    for (int i = 0; i < 1000; i++)
        in[i] = (unsigned char)(i * 13);
    compose_named("test.reverse", 1000);
    head_of_request()->flags = ACCEL_MORE;
    guest_put(&guest, 1, guest_address(DATA), 100, 0, 2);
    assert_int_equal(exchange(1, 0), 0);
    for (uint32_t at = 100; at < 1000; at += 450) {
        next_id = id;
        compose(WIRE_PART);
        head_of_request()->flags = at < 550 ? ACCEL_MORE : 0;
        guest_put(&guest, 1, guest_address(DATA + at), 450, 0, 2);
        guest_put(&guest, 3, guest_address(FAR), 10, WRITE, LAST);
        if (at < 550)
            assert_int_equal(exchange(1, 1), 0);
    }
    assert_int_equal(exchange(1, 1), ANSWER_SIZE + 10);
    assert_answer(VACCEL_OK);
    for (uint32_t at = 10; at < 1000; at += 495) {
        next_id = id;
        compose(WIRE_PART);
        head_of_request()->answer_size = 0;
        guest_put(&guest, 0, guest_address(REQUEST), end_compose(), 0, 1);
        guest_put(&guest, 1, guest_address(FAR + at), 495, WRITE, LAST);
        guest_post(&guest, 0);
        assert_int_equal(wait_for(0), 495);
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(out[i], in[999 - i]);
    guest_post(&guest, 0); /* there is nothing more */
    assert_int_equal(wait_for(0), 0);
    call_noop(VACCEL_OK);
}

static void test_parts_that_do_not_fit(void **state)
{
    uint64_t id = next_id;

    (void)state;
    compose_named("test.reverse", 1000);
    head_of_request()->flags = ACCEL_MORE;
    guest_put(&guest, 1, guest_address(DATA), 100, 0, 2);
    assert_int_equal(exchange(1, 0), 0);
    next_id = id;
    compose(WIRE_PART);
    guest_put(&guest, 1, guest_address(DATA), 901, 0, 2);
    exchange(1, 0);
    assert_over();
    compose(WIRE_PART);
    guest_put(&guest, 1, guest_address(DATA), 10, 0, 2);
    exchange(1, 0);
    assert_over();
}

static void test_a_resource_from_scattered_memory(void **state)
{
    const struct wire_resource_new new = {
        .type = VACCEL_RESOURCE_DATA, .kind = WIRE_MEMORY, .nr_blobs = 1, .size = 300};
    struct wire_resource_chunk chunk = {.blob_size = 300, .size = 300, .name_size = 1};
    struct wire_resource_use use = {.session = session};

    (void)state;
    compose(WIRE_RESOURCE_NEW);
    wire_put(&writer, &new, sizeof(new));
    exchange(0, 0);
    assert_answer(VACCEL_OK);
    chunk.resource = use.resource = ((const struct wire_id *)answer_body())->id;
    assert_int_equal(use.resource >> 32, GENERATION);
    memset(guest_at(&guest, DATA), 'a', 100);
    memset(guest_at(&guest, FAR), 'b', 200);
    compose(WIRE_RESOURCE_CHUNK);
    wire_put(&writer, &chunk, sizeof(chunk));
    wire_put(&writer, "n", 1);
    guest_put(&guest, 1, guest_address(DATA), 100, 0, 2);
    guest_put(&guest, 2, guest_address(FAR), 200, 0, 3);
    exchange(2, 0);
    assert_answer(VACCEL_OK);
    compose(WIRE_RESOURCE_REGISTER);
    wire_put(&writer, &use, sizeof(use));
    exchange(0, 0);
    assert_answer(VACCEL_OK);
    compose(WIRE_RESOURCE_SYNC);
    wire_put(&writer, &use, sizeof(use));
    guest_put(&guest, 2, guest_address(FAR + 4096), 300, WRITE, LAST);
    assert_int_equal(exchange(0, 1), ANSWER_SIZE + 300);
    assert_answer(VACCEL_OK);
    assert_int_equal(guest_at(&guest, FAR + 4096)[99], 'a');
    assert_int_equal(guest_at(&guest, FAR + 4096)[299], 'b');
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin_greeted, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_numbers_are_used_where_they_lie),
        test(test_what_goes_there_and_back_is_used_where_it_lies),
        test(test_from_one_place_to_another_it_is_copied),
        test(test_what_is_not_aligned_is_copied),
        test(test_pages_that_are_scattered),
        test(test_which_tensors_stay),
        test(test_requests_of_several_chains),
        test(test_parts_that_do_not_fit),
        test(test_a_resource_from_scattered_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
