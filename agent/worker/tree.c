/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/resource.h"
#include "platform/hosted/error_code.h"
#include "platform/platform.h"
#include "vaccel.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that a stranger named. */

enum { DEPTH_MOST = 32 };

static int refuse_name(const struct wire_text *name, const char *why)
{
    vaccel_error("'%.*s' is no name for a file of a resource: %s", (int)name->size, name->text,
                 why);
    return VACCEL_EINVAL;
}

static bool has_control(const struct wire_text *name)
{
    size_t i;

    for (i = 0; i < name->size; i++)
        if ((unsigned char)name->text[i] < ' ' || name->text[i] == 0x7f)
            return true;
    return false;
}

/* One part between slashes. */
static bool part_valid(const char *part, size_t length)
{
    return length && length <= NAME_MAX && !(length == 1 && part[0] == '.') &&
           !(length == 2 && part[0] == '.' && part[1] == '.');
}

int tree_check_name(const struct wire_text *name, bool deep)
{
    size_t parts = 0;
    size_t begun = 0;
    size_t i;

    if (has_control(name))
        return refuse_name(name, "it has a control character");
    for (i = 0; i <= name->size; i++) {
        if (i < name->size && name->text[i] != '/')
            continue;
        if (!part_valid(name->text + begun, i - begun))
            return refuse_name(name, "a part of it is empty, \".\", \"..\" or too long");
        begun = i + 1;
        parts++;
    }
    if (parts > (deep ? DEPTH_MOST : 1))
        return refuse_name(name, deep ? "it has more than 32 parts" : "it has a '/'");
    return VACCEL_OK;
}

static int enter(int directory, const char *part, uint64_t *made)
{
    if (mkdirat(directory, part, 0700) == 0)
        ++*made;
    else if (errno != EEXIST)
        return -1;
    return openat(directory, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Make the directories of @name; -1: that failed, with errno. @name is taken apart. */
static int enter_all(const char *directory, char **name, uint64_t *made)
{
    int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *slash;
    int next;

    while (at >= 0 && (slash = strchr(*name, '/'))) {
        *slash = '\0';
        next = enter(at, *name, made);
        close(at);
        at = next;
        *name = slash + 1;
    }
    return at;
}

static int create(const char *directory, char *name, uint64_t *made)
{
    int at = enter_all(directory, &name, made);
    int file = -1;
    int error;

    if (at >= 0)
        file = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    error = errno;
    if (at >= 0)
        close(at);
    errno = error;
    return file;
}

int tree_create(const char *directory, const struct wire_text *name, bool deep, uint64_t *made,
                int *file, char **path)
{
    char copy[WIRE_NAME_MAX + 1];
    int error;
    int ret = tree_check_name(name, deep);

    if (ret != VACCEL_OK)
        return ret;
    snprintf(copy, sizeof(copy), "%.*s", (int)name->size, name->text);
    if (asprintf(path, "%s/%s", directory, copy) < 0) {
        *path = NULL;
        return VACCEL_ENOMEM;
    }
    *file = create(directory, copy, made);
    if (*file >= 0)
        return VACCEL_OK;
    error = errno;
    vaccel_error("%.*s cannot be made for a resource: %s", (int)name->size, name->text,
                 strerror(error));
    free(*path);
    *path = NULL;
    return hosted_error_code(error);
}

char *tree_new_directory(const char *within)
{
    char *path;

    if (!within)
        within = getenv("XDG_RUNTIME_DIR");
    if (asprintf(&path, "%s/resource.XXXXXX", within ? within : "/tmp") < 0) {
        vaccel_error("no memory for the name of a resource's directory");
        return NULL;
    }
    if (mkdtemp(path))
        return path;
    vaccel_error("no directory for a resource can be made: %s", strerror(errno));
    free(path);
    return NULL;
}

void tree_remove(const char *directory)
{
    int error = platform_directory_remove(directory);

    if (error)
        agent_warn("cannot remove %s now, only when the worker ends: %s", directory,
                   strerror(error));
}

void tree_empty(const char *directory)
{
    DIR *opened = opendir(directory);
    const struct dirent *entry;

    while (opened && (entry = readdir(opened)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(opened), entry->d_name, 0);
    if (opened)
        closedir(opened);
}
