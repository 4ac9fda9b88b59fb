/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/policy.h"
#include "agent/worker/resource.h"
#include "agent/worker/worker.h"
#include "vaccel.h"

#include <unistd.h>

#if WITH_CURL
#include <curl/curl.h>
#endif

/* Resources that a client names by URL, of hosts that the operator lists. */

#if WITH_CURL

enum { CONNECT_SECONDS = 10, STALL_SECONDS = 30 };

struct download {
    int file;
    uint64_t most;
    uint64_t size;
};

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct download *download = context;
    size_t bytes = size * count;
    ssize_t written;

    if (bytes > download->most - download->size)
        return 0;
    written = write(download->file, data, bytes);
    if (written > 0)
        download->size += (uint64_t)written;
    return written < 0 ? 0 : (size_t)written;
}

/* No redirection: it would lead to hosts that nobody listed. */
static CURLcode set_options(CURL *curl, const char *url, struct download *download)
{
    CURLcode ret = curl_easy_setopt(curl, CURLOPT_URL, url);

    if (ret == CURLE_OK)
        ret = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,ftp");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, download);
    return ret;
}

/* A redirection is no error to libcurl, but it is no file either. */
static int judge(CURL *curl, CURLcode ret, const char *url, const struct download *download)
{
    long status = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (ret == CURLE_OK && (status < 300 || status >= 400))
        return VACCEL_OK;
    if (ret == CURLE_WRITE_ERROR) {
        vaccel_error("%s is more than the %llu bytes that are left for resources (setting "
                     "resource_bytes), or the disk is full",
                     url, (unsigned long long)download->most);
        return VACCEL_ENOSPC;
    }
    if (ret == CURLE_OK || ret == CURLE_HTTP_RETURNED_ERROR)
        vaccel_error("the agent cannot fetch %s: the server answers with status %ld%s", url, status,
                     ret == CURLE_OK ? ", and redirects elsewhere" : "");
    else
        vaccel_error("the agent cannot fetch %s: %s", url, curl_easy_strerror(ret));
    return VACCEL_EREMOTEIO;
}

int fetch_url(const char *url, int file, uint64_t most, uint64_t *size)
{
    struct download download = {.file = file, .most = most};
    CURL *curl = curl_easy_init();
    CURLcode ret;

    if (!curl)
        return VACCEL_ENOMEM;
    ret = set_options(curl, url, &download);
    if (ret == CURLE_OK)
        ret = curl_easy_perform(curl);
    *size = download.size;
    ret = (CURLcode)judge(curl, ret, url, &download);
    curl_easy_cleanup(curl);
    return (int)ret;
}

#else

int fetch_url(const char *url, int file, uint64_t most, uint64_t *size)
{
    (void)file, (void)most;
    *size = 0;
    vaccel_error("the agent cannot fetch %s: it was built without libcurl", url);
    return VACCEL_ENOTSUP;
}

#endif

/* What stands behind the last '/' of a URL; a name of our own if that is none for a file. */
static struct wire_text name_of(const char *url)
{
    const char *slash = strrchr(url, '/');
    size_t length = slash ? strcspn(slash + 1, "?#") : 0;

    if (!length || slash[1] == '.')
        return (struct wire_text){"file", 4};
    return (struct wire_text){slash + 1, length};
}

static int fetch_blob(struct worker_resource *resource, struct resource_blob *blob, uint64_t most)
{
    const struct wire_text name = name_of(blob->path);
    char *path = NULL;
    int ret = policy_check_url(blob->path);
    int file;

    if (ret != VACCEL_OK)
        return ret;
    ret = contents_create_file(resource, &name, &file, &path);
    if (ret != VACCEL_OK)
        return ret;
    ret = fetch_url(blob->path, file, most, &blob->size);
    close(file);
    if (ret != VACCEL_OK) {
        unlink(path);
        free(path);
        return ret;
    }
    free(blob->path);
    blob->path = path;
    blob->fetched = true;
    return VACCEL_OK;
}

int contents_fetch(struct worker_resource *resource, uint64_t most, uint64_t *size)
{
    struct resource_blob *blob;
    int ret = VACCEL_OK;
    uint64_t i;

    *size = 0;
    for (i = 0; i < resource->nr_blobs && ret == VACCEL_OK; i++) {
        blob = &resource->blobs[i];
        if (blob->fetched)
            continue; /* at an earlier attempt, before one that failed */
        ret = fetch_blob(resource, blob, most - *size);
        *size += blob->size;
    }
    return ret;
}
