/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/search.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void look_in(struct search *search, int directory, const char *rest);

/* What ran out comes back without a change of the directory. */
static void tell_failed(struct search *search, const char *what, int error)
{
    const char *hint = "";

    if (error == EACCES)
        hint = ": let the agent's user read it";
    else
        search->is_incomplete = true;
    if (error == EMFILE || error == ENFILE || error == ENOMEM)
        search->ran_short = true;
    if (error == ENOSPC)
        hint = ": raise fs.inotify.max_user_watches, or let fewer directories match";
    troubles_tell(search->troubles, "cannot %s %s: %s%s", what,
                  search->path[0] ? search->path : "/", strerror(error), hint);
}

/* It fits: an address is shorter than 256 bytes, and what stands for its "*" than 129. */
static void append_path(struct search *search, const char *name, size_t length)
{
    size_t used = strlen(search->path);

    snprintf(search->path + used, sizeof(search->path) - used, "/%.*s", (int)length, name);
}

/* Such a name would make other lines of the log. */
static bool is_printable(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 0x7f)
            return false;
    return true;
}

/* False, and told: it is no name for a machine. */
static bool append_machine(struct search *search, const char *name)
{
    size_t used = strlen(search->machine);
    size_t room = sizeof(search->machine) - used;
    int added = snprintf(search->machine + used, room, "%s%s", used ? "/" : "", name);

    if ((size_t)added < room && is_printable(name))
        return true;
    troubles_tell(
        search->troubles,
        "no machine is looked for below %s/%s: a machine's name has at most %d bytes and no "
        "control characters",
        search->path, name, MACHINE_NAME_SIZE - 1);
    return false;
}

/* A directory that is none is a trouble if the operator named it, and nothing if "*" stands for it. */
static void enter(struct search *search, int directory, const char *rest, bool is_named)
{
    const char *name = strrchr(search->path, '/') + 1;
    int inner = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (inner >= 0) {
        look_in(search, inner, rest);
        close(inner);
    } else if (errno == ENOTDIR || errno == ELOOP) {
        if (is_named)
            troubles_tell(search->troubles,
                          "%s is no directory, or a link, which is not followed: name where it "
                          "leads",
                          search->path);
    } else if (errno != ENOENT) {
        tell_failed(search, "enter", errno);
    }
}

static void enter_named(struct search *search, int directory, const char *name, size_t length)
{
    size_t before = strlen(search->path);

    append_path(search, name, length);
    enter(search, directory, name + length, true);
    search->path[before] = '\0';
}

static void enter_one(struct search *search, int directory, const struct dirent *entry,
                      const char *rest)
{
    size_t path_before = strlen(search->path);
    size_t machine_before = strlen(search->machine);

    if (entry->d_name[0] == '.' || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
        return;
    if (append_machine(search, entry->d_name)) {
        append_path(search, entry->d_name, strlen(entry->d_name));
        enter(search, directory, rest, false);
    }
    search->path[path_before] = '\0';
    search->machine[machine_before] = '\0';
}

static void enter_each(struct search *search, int directory, const char *rest)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int left = WATCHES_MOST;

    if (!list) {
        tell_failed(search, "read", errno);
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(list)) && left-- > 0)
        enter_one(search, directory, entry, rest);
    if (entry)
        troubles_tell(search->troubles, "%s has more than %d names: others are not looked at",
                      search->path, WATCHES_MOST);
    closedir(list);
}

static void look_at_socket(struct search *search, int directory, const char *file)
{
    struct stat status;
    struct sighting sighting = {.directory = directory, .file = file, .path = search->path};

    append_path(search, file, strlen(file));
    sighting.machine = search->machine[0] ? search->machine : search->path;
    if (fstatat(directory, file, &status, AT_SYMLINK_NOFOLLOW)) {
        if (errno != ENOENT)
            tell_failed(search, "look at", errno);
    } else if (S_ISSOCK(status.st_mode)) {
        search->found(search->context, &sighting);
    } else {
        troubles_tell(search->troubles, "%s is no socket of a VMM", search->path);
    }
}

/* Watched first: what comes after this is noticed, and what came before is seen. */
static void look_in(struct search *search, int directory, const char *rest)
{
    const char *name = rest + 1;
    size_t length = strcspn(name, "/");
    size_t before = strlen(search->path);
    int error = watches_want(search->watches, directory);

    if (error)
        tell_failed(search, "watch", error);
    if (!name[length])
        look_at_socket(search, directory, name);
    else if (name[0] == '*')
        enter_each(search, directory, name + length);
    else
        enter_named(search, directory, name, length);
    search->path[before] = '\0';
}

void search_run(struct search *search, const char *pattern)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    search->path[0] = search->machine[0] = '\0';
    if (root < 0) {
        tell_failed(search, "enter", errno);
        return;
    }
    look_in(search, root, pattern);
    close(root);
}
