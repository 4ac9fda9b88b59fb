/* SPDX-License-Identifier: Apache-2.0 */
/* Resources, blobs and files. Compiled with the path of the headers' own folder, too. */
#include "utils/fs.h"
#include "expect.h"
#include "vaccel.h"

#include <unistd.h>

static char file[] = "compat-XXXXXX";
static const char contents[] = "thirteen bytes";

static void released_unless_created(void)
{
    struct vaccel_resource created = {.id = 0};
    struct vaccel_resource not_created = {.id = 0};

    EXPECT(vaccel_resource_init(&created, file, VACCEL_RESOURCE_MODEL) == VACCEL_OK);
    EXPECT(vaccel_resource_init(&not_created, "gopher://host/file", VACCEL_RESOURCE_MODEL) ==
           VACCEL_EINVAL);
    EXPECT(vaccel_resource_init(&not_created, "/dev/null", VACCEL_RESOURCE_MODEL) == VACCEL_EINVAL);
    EXPECT(created.id > 0 && not_created.id == 0);
    if (created.id > 0)
        EXPECT(vaccel_resource_release(&created) == VACCEL_OK);
    if (not_created.id > 0)
        EXPECT(vaccel_resource_release(&not_created) == VACCEL_OK);
    EXPECT(vaccel_resource_release(&created) == VACCEL_EINVAL);
}

static void found_in_the_session(void)
{
    struct vaccel_session sess;
    struct vaccel_resource *res;
    struct vaccel_resource *found;
    struct vaccel_resource **all;
    size_t count;

    EXPECT(vaccel_session_init(&sess, 0) == VACCEL_OK);
    EXPECT(vaccel_resource_new(&res, file, VACCEL_RESOURCE_DATA) == VACCEL_OK);
    EXPECT(vaccel_resource_unregister(res, &sess) == VACCEL_EINVAL);
    EXPECT(vaccel_resource_sync(res, &sess) == VACCEL_EPERM);
    EXPECT(vaccel_resource_register(res, &sess) == VACCEL_OK);
    EXPECT(vaccel_resource_register(res, &sess) == VACCEL_OK && vaccel_resource_refcount(res) == 1);
    EXPECT(vaccel_resource_sync(res, &sess) == VACCEL_EINVAL);
    EXPECT(vaccel_session_has_resource(&sess, res));
    EXPECT(vaccel_session_resource_by_id(&sess, &found, res->id) == VACCEL_OK && found == res);
    EXPECT(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_LIB) == VACCEL_ENOENT);
    EXPECT(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_DATA) == VACCEL_OK);
    EXPECT(vaccel_session_resources_by_type(&sess, &all, &count, res->type) == VACCEL_OK);
    EXPECT(count == 1 && all[0] == res);
    free(all);
    EXPECT(vaccel_resource_get_by_id(&found, res->id) == VACCEL_OK && found == res);
    EXPECT(vaccel_resource_delete(res) == VACCEL_OK);
    EXPECT(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_DATA) == VACCEL_ENOENT);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

static void of_files(void)
{
    const char *paths[] = {file, file};
    struct vaccel_session sess;
    struct vaccel_resource *res;
    struct vaccel_blob *blob;
    size_t size;

    EXPECT(vaccel_session_init(&sess, 0) == VACCEL_OK);
    EXPECT(vaccel_resource_multi_new(&res, paths, 2, VACCEL_RESOURCE_LIB) == VACCEL_OK);
    EXPECT(res->nr_paths == 2 && res->path_type == VACCEL_PATH_LOCAL_FILE);
    EXPECT(vaccel_resource_register(res, &sess) == VACCEL_OK && res->nr_blobs == 2);
    blob = res->blobs[1];
    EXPECT(blob->type == VACCEL_BLOB_FILE && strcmp(vaccel_blob_path(blob), file) == 0);
    EXPECT(memcmp(vaccel_blob_data(blob, &size), contents, sizeof(contents)) == 0);
    EXPECT(blob->type == VACCEL_BLOB_MAPPED && size == sizeof(contents));
    EXPECT(vaccel_resource_directory(res, NULL, 0, (char *[]){NULL}) == VACCEL_ENOTSUP);
    EXPECT(vaccel_resource_delete(res) == VACCEL_OK);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

static void of_memory(void)
{
    struct vaccel_resource res = {.id = 0};

    EXPECT(vaccel_resource_init_from_buf(&res, contents, sizeof(contents), VACCEL_RESOURCE_DATA,
                                         "b.txt", true) == VACCEL_OK);
    EXPECT(res.blobs[0]->type == VACCEL_BLOB_BUFFER && !res.blobs[0]->path && !res.rundir);
    EXPECT(res.blobs[0]->data == (const uint8_t *)contents && !res.blobs[0]->data_owned);
    EXPECT(vaccel_resource_release(&res) == VACCEL_OK);
    EXPECT(vaccel_resource_init_from_buf(&res, contents, sizeof(contents), VACCEL_RESOURCE_DATA,
                                         "b.txt", false) == VACCEL_OK);
    EXPECT(res.blobs[0]->type == VACCEL_BLOB_MAPPED && res.blobs[0]->path_owned);
    EXPECT(strncmp(res.blobs[0]->path, res.rundir, strlen(res.rundir)) == 0);
    EXPECT(strcmp(res.blobs[0]->name, "b.txt") == 0 && access(res.blobs[0]->path, R_OK) == 0);
    EXPECT(vaccel_resource_release(&res) == VACCEL_OK);
}

static void of_blobs(void)
{
    const struct vaccel_blob *blobs[2];
    struct vaccel_blob *mine[2];
    struct vaccel_resource *res;

    EXPECT(vaccel_blob_new(&mine[0], file) == VACCEL_OK);
    EXPECT(vaccel_blob_from_buf(&mine[1], (const uint8_t *)contents, sizeof(contents), true, "b",
                                NULL, false) == VACCEL_OK);
    blobs[0] = mine[0];
    blobs[1] = mine[1];
    EXPECT(vaccel_resource_from_blobs(&res, blobs, 2, VACCEL_RESOURCE_MODEL) == VACCEL_OK);
    EXPECT(res->nr_blobs == 2 && res->blobs[1]->data_owned && res->blobs[1]->data != mine[1]->data);
    EXPECT(vaccel_resource_delete(res) == VACCEL_OK);
    EXPECT(vaccel_blob_persist(mine[1], vaccel_rundir(), "b.bin", true) == VACCEL_OK);
    EXPECT(mine[1]->type == VACCEL_BLOB_MAPPED && vaccel_blob_valid(mine[1]));
    EXPECT(vaccel_blob_persist(mine[1], vaccel_rundir(), "b.bin", true) == VACCEL_EEXIST);
    EXPECT(vaccel_blob_delete(mine[0]) == VACCEL_OK && vaccel_blob_delete(mine[1]) == VACCEL_OK);
}

static void a_file_is_read(void)
{
    void *data;
    size_t size;

    EXPECT(fs_file_read(file, &data, &size) == VACCEL_OK);
    EXPECT(size == sizeof(contents) && memcmp(data, contents, size) == 0);
    free(data);
}

void resources(void)
{
    int descriptor = mkstemp(file);

    EXPECT(write(descriptor, contents, sizeof(contents)) == (ssize_t)sizeof(contents));
    close(descriptor);
    released_unless_created();
    found_in_the_session();
    of_files();
    of_memory();
    of_blobs();
    a_file_is_read();
    unlink(file);
}
