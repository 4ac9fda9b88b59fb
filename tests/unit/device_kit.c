/* SPDX-License-Identifier: Apache-2.0 */
#include "device_kit.h"

#include <pthread.h>
#include <time.h>

struct worker worker;
struct guest guest;
struct device device;
static struct device_ledger ledger;
static pthread_t server;
struct counter *counter;
uint64_t next_id;
uint64_t session;

void worker_tell_closed(unsigned int slot)
{
    (void)slot;
}

void worker_tell_fault(void)
{
}

/* What the plugin is called with. */
const float *_Atomic seen_a;
float *_Atomic seen_c;
sem_t entered;
sem_t leave;

static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    (void)sess, (void)k, (void)alpha, (void)lda, (void)b, (void)ldb, (void)ldc;
    seen_a = a;
    seen_c = c;
    for (int64_t i = 0; i < m * n; i++)
        c[i] = a[i] + (beta != 0 ? c[i] : 0);
    return VACCEL_OK;
}

static int noop(struct vaccel_session *sess)
{
    (void)sess;
    return VACCEL_OK;
}

static int stay(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)read, (void)nr_read, (void)write, (void)nr_write;
    sem_post(&entered);
    sem_wait(&leave);
    return VACCEL_OK;
}

/* Its first argument there, reversed, in its first one back. */
static int reverse(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                   struct vaccel_arg *write, size_t nr_write)
{
    const unsigned char *from = read[0].buf;
    unsigned char *to = write[0].buf;

    (void)sess, (void)nr_read, (void)nr_write;
    for (size_t i = 0; i < read[0].size; i++)
        to[i] = from[read[0].size - 1 - i];
    return VACCEL_OK;
}

static struct vaccel_op ops[2];
static struct vaccel_named_op named_ops[2];

static void *serve(void *context)
{
    (void)context;
    device_serve(&device);
    return NULL;
}

static void set_limits(void)
{
    worker.settings.limits = (struct limits){
        .connections = 1,
        .sessions = 4,
        .resources = 4,
        .resource_bytes = 1 << 24,
        .held_bytes = 1 << 20,
        .calls = 4,
        .message_bytes = 1 << 24,
        .connection_bytes = 1 << 24,
    };
}

static int begin_library(void)
{
    counter = counter_open("counter");
    ops[0] = (struct vaccel_op){VACCEL_OP_BLAS_SGEMM, (void *)sgemm, counter->plugin};
    ops[1] = (struct vaccel_op){VACCEL_OP_NOOP, (void *)noop, counter->plugin};
    named_ops[0] = (struct vaccel_named_op){"test.stay", stay, counter->plugin};
    named_ops[1] = (struct vaccel_named_op){"test.reverse", reverse, counter->plugin};
    counter->ops = ops;
    counter->nr_ops = 2;
    counter->named_ops = named_ops;
    counter->nr_named_ops = 2;
    return library_begin("counter");
}

void set_device(void)
{
    int fds[5];

    guest_fds(&guest, fds);
    fds[2] = -1;
    fds[3] = dup(guest.call);
    fds[4] = -1;
    virtio_device_set(&device.virtio, &guest.state, fds);
}

int begin(void **state)
{
    (void)state;
    guest_begin(&guest, VIRTIO_BIT(VIRTIO_F_RING_INDIRECT_DESC));
    set_limits();
    memset(&ledger, 0, sizeof(ledger));
    next_id = 1;
    sem_init(&entered, 0, 0);
    sem_init(&leave, 0, 0);
    if (begin_library() || !device_begin(&device, &ledger, GENERATION, "guest"))
        return -1;
    set_device();
    return pthread_create(&server, NULL, serve, NULL);
}

void pause_ms(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static bool has_threads(void)
{
    bool any;

    pthread_mutex_lock(&device.lock);
    any = device.threads;
    pthread_mutex_unlock(&device.lock);
    return any;
}

int end(void **state)
{
    (void)state;
    virtio_device_stop(&device.virtio);
    while (!device_kind.is_idle(&device.virtio))
        pause_ms();
    virtio_device_leave(&device.virtio);
    device_close(&device);
    pthread_join(server, NULL);
    while (has_threads())
        pause_ms();
    device_end(&device);
    guest_end(&guest);
    return vaccel_cleanup();
}

/* A message being composed at REQUEST. */
struct wire_writer writer;

struct accel_head *head_of_request(void)
{
    return (void *)guest_at(&guest, REQUEST);
}

void compose(enum wire_type type)
{
    *head_of_request() = (struct accel_head){.magic = WIRE_MAGIC, .answer_size = ANSWER_SIZE};
    wire_begin(&writer, guest_at(&guest, REQUEST + sizeof(struct accel_head)), 8192, type,
               next_id++);
}

uint32_t end_compose(void)
{
    return (uint32_t)(sizeof(struct accel_head) + wire_end(&writer));
}

/* Wait for the next chain that comes back. Returns how many bytes were written. */
uint32_t wait_for(uint16_t head)
{
    uint32_t got_head = 0;
    uint32_t written = 0;
    int i;

    for (i = 0; i < PATIENCE_MS && !guest_take(&guest, &got_head, &written); i++)
        pause_ms();
    assert_int_not_equal(i, PATIENCE_MS);
    assert_int_equal(got_head, head);
    return written;
}

/* The message, @extra more descriptors to read and then room for the answer and @rooms more to write. */
uint32_t exchange(int extra, int rooms)
{
    uint32_t size = head_of_request()->answer_size;
    uint16_t answer = (uint16_t)(1 + extra);

    guest_put(&guest, 0, guest_address(REQUEST), end_compose(), 0, 1);
    guest_put(&guest, answer, guest_address(ANSWER), size < ANSWER_SIZE ? size : ANSWER_SIZE, WRITE,
              rooms ? answer + 1 : LAST);
    guest_post(&guest, 0);
    return wait_for(0);
}

const struct wire_header *answer(void)
{
    return (const void *)guest_at(&guest, ANSWER);
}

const void *answer_body(void)
{
    return answer() + 1;
}

void assert_answer(uint32_t status)
{
    assert_int_equal(answer()->type, WIRE_ANSWER);
    assert_int_equal(answer()->id, next_id - 1);
    assert_int_equal(answer()->status, status);
    assert_int_equal(answer()->payload_size, 0);
}

void assert_goodbye(void)
{
    assert_int_equal(answer()->type, WIRE_GOODBYE);
    assert_int_not_equal(answer()->status, VACCEL_OK);
}

void hello(void)
{
    const struct wire_hello body = {WIRE_MAGIC, WIRE_VERSION, WIRE_VERSION};

    compose(WIRE_HELLO);
    wire_put(&writer, &body, sizeof(body));
    exchange(0, 0);
    assert_answer(VACCEL_OK);
}

void begin_session(void)
{
    const struct wire_session_begin body = {0};

    compose(WIRE_SESSION_BEGIN);
    wire_put(&writer, &body, sizeof(body));
    exchange(0, 0);
    assert_answer(VACCEL_OK);
    session = ((const struct wire_id *)answer_body())->id;
}

int begin_greeted(void **state)
{
    int ret = begin(state);

    if (ret)
        return ret;
    hello();
    begin_session();
    return 0;
}

void compose_noop(void)
{
    const struct wire_call call = {.session = session, .op = VACCEL_OP_NOOP};

    compose(WIRE_CALL);
    wire_put(&writer, &call, sizeof(call));
}

void call_noop(uint32_t status)
{
    compose_noop();
    exchange(0, 0);
    assert_answer(status);
}

void put_arg(vaccel_arg_type_t type, uint64_t size, uint16_t flags)
{
    const struct wire_arg arg = {.type = (uint16_t)type, .flags = flags, .size = size};

    wire_put(&writer, &arg, sizeof(arg));
}

void compose_named(const char *name, uint64_t size)
{
    const struct wire_call call = {.session = session,
                                   .op = WIRE_BY_NAME,
                                   .nr_read = size ? 1 : 0,
                                   .nr_write = size ? 1 : 0,
                                   .name_size = (uint32_t)strlen(name)};

    compose(WIRE_CALL);
    wire_put(&writer, &call, sizeof(call));
    if (size) {
        put_arg(VACCEL_ARG_BUFFER, size, WIRE_ARG_SENT);
        put_arg(VACCEL_ARG_BUFFER, size, WIRE_ARG_RETURNED);
    }
    wire_put(&writer, name, strlen(name));
}

/* After that nothing is served but a hello. */
void assert_over(void)
{
    assert_goodbye();
    compose_noop();
    exchange(0, 0);
    assert_goodbye();
    hello();
    begin_session();
    call_noop(VACCEL_OK);
}
