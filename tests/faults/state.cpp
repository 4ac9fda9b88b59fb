/* SPDX-License-Identifier: Apache-2.0 */
#include "state.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

extern "C" {
void *__libc_malloc(std::size_t size);
void __libc_free(void *block);
}

namespace
{

constexpr std::size_t blocks_most = 1 << 14;

struct Place {
    char object[56];
    std::uint64_t offset;
};

/* As faults.py reads it. */
struct Shared {
    std::uint64_t at; /* which call fails, counted from 1; 0: none */
    std::uint64_t way;
    std::int64_t process; /* of this one alone, or, below 0, of all others; 0: of any */
    std::uint64_t seen;
    std::uint64_t failed;
    std::uint64_t ways;
    std::int64_t error;
    char function[32];
    Place place;
    std::uint64_t live;
    Place blocks[blocks_most]; /* where it was allocated; without a name: none */
};

struct Request {
    Shared *shared;
    Kind kind;
    bool is_for_this;   /* program */
    bool is_for_itself; /* and not for what it loads */
};

/* For what is changed while blocks are being counted, and must not be counted itself. */
template <typename T> struct Uncounted {
    using value_type = T;

    Uncounted() = default;
    template <typename U> explicit Uncounted(const Uncounted<U> &)
    {
    }
    T *allocate(std::size_t count)
    {
        return static_cast<T *>(__libc_malloc(count * sizeof(T)));
    }
    void deallocate(T *block, std::size_t)
    {
        __libc_free(block);
    }
    bool operator==(const Uncounted &) const
    {
        return true;
    }
    bool operator!=(const Uncounted &) const
    {
        return false;
    }
};

struct Live {
    /* In Shared::blocks. */
    std::unordered_map<void *, std::size_t, std::hash<void *>, std::equal_to<void *>,
                       Uncounted<std::pair<void *const, std::size_t>>>
        index;
    std::vector<std::size_t, Uncounted<std::size_t>> free;
};

class Locked
{
    static inline std::atomic_flag taken = ATOMIC_FLAG_INIT;

  public:
    static void take()
    {
        while (taken.test_and_set(std::memory_order_acquire))
            continue;
    }
    static void give()
    {
        taken.clear(std::memory_order_release);
    }
    Locked()
    {
        take();
    }
    ~Locked()
    {
        give();
    }
    Locked(const Locked &) = delete;
    Locked &operator=(const Locked &) = delete;
};

/* A child has the lock as it was, but not the thread that had it. */
__attribute__((constructor)) void lock_around_fork()
{
    pthread_atfork(Locked::take, Locked::give, Locked::give);
}

[[noreturn]] void give_up(const char *why)
{
    std::fprintf(stderr, "faults: %s\n", why);
    _exit(99);
}

/* Not by open() and mmap(), which this library replaces. */
Shared *map_shared(const char *path)
{
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    long data =
        syscall(SYS_mmap, nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    if (file < 0 || data == -1)
        give_up("FAULTS_STATE is no file");
    syscall(SYS_close, file);
    return reinterpret_cast<Shared *>(data);
}

Kind read_kind(const char *name)
{
    static const char *const names[] = {"memory", "files", "sockets", "deaths"};

    for (std::size_t i = 0; name && i < 4; i++)
        if (!std::strcmp(name, names[i]))
            return static_cast<Kind>(i);
    give_up("FAULTS_KIND is no kind");
}

/* Of a process before this one, which ended with blocks of its own. */
void clear_blocks(Shared &shared)
{
    if (shared.live)
        std::memset(shared.blocks, 0, sizeof(shared.blocks));
    shared.live = 0;
}

Request read_request()
{
    const char *path = std::getenv("FAULTS_STATE");
    const char *program = std::getenv("FAULTS_PROGRAM");
    Request made = {};

    if (!path)
        give_up("faults.py sets the environment");
    made.shared = map_shared(path);
    made.kind = read_kind(std::getenv("FAULTS_KIND"));
    made.is_for_itself = std::getenv("FAULTS_ITSELF");
    made.is_for_this = !program || !std::strcmp(program, program_invocation_short_name);
    if (made.is_for_this)
        clear_blocks(*made.shared);
    return made;
}

/* The first to ask may be the constructor of another library, before those of this one. */
const Request &request()
{
    static const Request made = read_request();

    return made;
}

/* Never destroyed: others free their memory after this library's end. */
Live &live()
{
    static Live &made = *new Live;

    return made;
}

/* Takes no lock, unlike dladdr(), whose lock a thread that is loading a plugin holds. */
const link_map *object_of(const void *address)
{
    dl_find_object found;

    if (_dl_find_object(const_cast<void *>(address), &found))
        return nullptr;
    return found.dlfo_link_map;
}

const char *last_part(const char *path)
{
    const char *slash = std::strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The program, which has no name here, the library, its plugins, and what exec is shown with. */
bool is_ours(const link_map *object)
{
    const char *name = object ? last_part(object->l_name) : "none";

    return !*name || !std::strncmp(name, "libvaccel", 9) || !std::strncmp(name, "libmytestlib", 12);
}

void set_place(Place &place, const void *address, const link_map *object)
{
    const char *name = last_part(object->l_name);

    std::snprintf(place.object, sizeof(place.object), "%s", *name ? name : "(program)");
    place.offset = reinterpret_cast<std::uint64_t>(address) - object->l_addr;
}

std::size_t free_index()
{
    std::size_t index = live().index.size();

    if (!live().free.empty()) {
        index = live().free.back();
        live().free.pop_back();
    }
    if (index == blocks_most)
        give_up("too many blocks: make blocks_most larger");
    return index;
}

} // namespace

/* Which of @errors it is, with the lock. */
static int choose(Shared &shared, const int *errors, std::size_t count)
{
    static const int deaths[] = {0, part_and_death};
    bool partly = std::find(errors, errors + count, only_a_part) != errors + count;

    if (request().kind == Kind::deaths) {
        errors = deaths;
        count = partly ? 2 : 1;
    }
    shared.failed = 1;
    shared.ways = count;
    shared.error = errors[shared.way % count];
    return static_cast<int>(shared.error);
}

static bool may_fail(const link_map *object)
{
    return request().is_for_this && is_ours(object) &&
           !(request().is_for_itself && *last_part(object->l_name));
}

static bool is_for_this_process(const Shared &shared)
{
    if (shared.process < 0)
        return getpid() != -shared.process;
    return !shared.process || getpid() == shared.process;
}

int fault(Kind kind, const char *function, const void *caller, const int *errors, std::size_t count)
{
    const link_map *object = object_of(caller);
    Kind wanted = request().kind == Kind::deaths ? Kind::sockets : request().kind;

    if (kind != wanted || !may_fail(object))
        return 0;
    Shared &shared = *request().shared;
    Locked locked;
    if (!is_for_this_process(shared) || ++shared.seen != shared.at)
        return 0;
    int error = choose(shared, errors, count);
    std::snprintf(shared.function, sizeof(shared.function), "%s", function);
    set_place(shared.place, caller, object);
    if (request().kind == Kind::deaths && !error)
        die();
    return error;
}

void die()
{
    for (;;)
        syscall(SYS_kill, getpid(), SIGKILL);
}

void remember(void *block, const void *caller)
{
    const link_map *object = object_of(caller);

    if (!block || !request().is_for_this || !is_ours(object))
        return;
    Locked locked;
    std::size_t index = free_index();
    live().index[block] = index;
    request().shared->live = live().index.size();
    set_place(request().shared->blocks[index], caller, object);
}

bool forget(void *block)
{
    Locked locked;
    auto found = live().index.find(block);

    if (found == live().index.end())
        return false;
    request().shared->blocks[found->second].object[0] = '\0';
    live().free.push_back(found->second);
    live().index.erase(found);
    request().shared->live = live().index.size();
    return true;
}
