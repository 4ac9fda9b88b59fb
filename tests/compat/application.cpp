/* SPDX-License-Identifier: Apache-2.0 */
/* An application in C++17 as written for vAccel 0.8. It runs with the plugin noop. */
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vaccel.h>
#include <vaccel/ops/fpga.h>
#include <vector>

#define FRUIT_LIST(ITEM) ITEM(APPLE, FRUIT) ITEM(PEAR, 7, FRUIT)
VACCEL_ENUM_DEF_WITH_STR_FUNCS(fruit, FRUIT, FRUIT_LIST)

#define COUNT(name, type, scalar, array) +1
static_assert(0 VACCEL_ARG_NUMERIC_TYPES(COUNT) == 13, "the numeric types");

namespace
{

int nr_failed;

void expect(bool holds, const char *what)
{
    if (holds)
        return;
    nr_failed++;
    std::printf("does not hold: %s\n", what);
}

struct session_deleter {
    void operator()(struct vaccel_session *sess) const
    {
        vaccel_session_delete(sess);
    }
};
using session_ptr = std::unique_ptr<struct vaccel_session, session_deleter>;

session_ptr new_session(uint32_t flags)
{
    struct vaccel_session *sess = nullptr;

    expect(vaccel_session_new(&sess, flags) == VACCEL_OK, "a session begins");
    return session_ptr(sess);
}

void exec(struct vaccel_session *sess)
{
    std::array<int32_t, 3> in{1, 2, 3};
    std::array<int32_t, 3> out{};
    struct vaccel_arg read = {in.data(), sizeof(in), VACCEL_ARG_INT32_ARRAY, 0, false};
    struct vaccel_arg write = {};

    write.buf = out.data();
    write.size = sizeof(out);
    write.type = VACCEL_ARG_INT32_ARRAY;
    expect(vaccel_exec(sess, "lib", "f", &read, 1, &write, 1) == VACCEL_OK, "exec");
    expect(in == out, "exec copies");
}

void genop(struct vaccel_session *sess)
{
    struct vaccel_arg_array read, write;
    uint8_t op = VACCEL_OP_IMAGE_POSE;
    std::string img = "a picture";
    std::vector<unsigned char> name(64);

    vaccel_arg_array_init(&read, 0);
    vaccel_arg_array_init(&write, 0);
    vaccel_arg_array_add_uint8(&read, &op);
    vaccel_arg_array_add_buffer(&read, img.data(), img.size());
    vaccel_arg_array_add_uchar_array(&write, name.data(), name.size());
    expect(vaccel_genop(sess, read.args, static_cast<int>(read.count), write.args, 1) == VACCEL_OK,
           "genop");
    expect(!std::strcmp(reinterpret_cast<char *>(name.data()), "This is a dummy imgname!"), "name");
    vaccel_arg_array_release(&read);
    vaccel_arg_array_release(&write);
}

void model(struct vaccel_session *sess)
{
    struct vaccel_resource res = {};
    struct vaccel_torch_tensor *in, *out;
    std::array<int64_t, 2> dims{1, 4};
    std::array<float, 4> data{1, 2, 3, 4};

    expect(vaccel_resource_init(&res, "/proc/self/exe", VACCEL_RESOURCE_MODEL) == VACCEL_OK, "res");
    expect(vaccel_resource_register(&res, sess) == VACCEL_OK, "register");
    expect(vaccel_torch_model_load(sess, &res) == VACCEL_OK, "load");
    vaccel_torch_tensor_new(&in, 2, dims.data(), VACCEL_TORCH_FLOAT);
    vaccel_torch_tensor_set_data(in, data.data(), sizeof(data));
    expect(vaccel_torch_model_run(sess, &res, nullptr, &in, 1, &out, 1) == VACCEL_OK, "run");
    expect(!std::memcmp(out->data, data.data(), out->size), "output");
    vaccel_torch_tensor_delete(in);
    vaccel_torch_tensor_delete(out);
    expect(vaccel_resource_release(&res) == VACCEL_OK && res.id == 0, "release");
}

void names()
{
    char buf[VACCEL_ENUM_STR_MAX];

    expect(
        !std::strcmp(vaccel_op_type_name(VACCEL_OP_TF_MODEL_RUN, buf, sizeof(buf)), "tf_model_run"),
        "name of an operation");
    expect(!std::strcmp(fruit_to_str(FRUIT_PEAR), "FRUIT_PEAR") && FRUIT_MAX == 8, "names of mine");
    expect(!std::strcmp(fruit_name(FRUIT_APPLE, buf, sizeof(buf)), "apple"), "lower case");
}

} // namespace

int main()
{
    session_ptr sess = new_session(VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU);
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("[app] all");

    if (!sess)
        return EXIT_FAILURE;
    vaccel_prof_region_start(&region);
    vaccel_debug("session %lld", static_cast<long long>(sess->id));
    exec(sess.get());
    genop(sess.get());
    model(sess.get());
    names();
    vaccel_prof_region_stop(&region);
    std::printf("%d expectations do not hold\n", nr_failed);
    return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
